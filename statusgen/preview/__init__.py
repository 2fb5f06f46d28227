"""The preview server of `statusgen serve`."""
