"""The build cache: a store, its encoding, and fingerprints of the inputs to outputs."""
