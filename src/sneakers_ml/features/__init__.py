"""Photos to vectors: extractors that serving and training share."""
