"""What is installed in an image, read from its layers as they lie: nothing is unpacked to disk."""
