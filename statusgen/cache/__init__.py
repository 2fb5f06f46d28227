"""The build cache: a store, its encoding, and fingerprints of what an output is made from."""
