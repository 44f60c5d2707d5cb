"""What is kept on disk: checked before it is read, and discarded, with a word, where damaged."""
