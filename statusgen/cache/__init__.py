"""What earlier builds found out."""
