"""What a desk's own journals teach a classifier, and how good it is by them."""
