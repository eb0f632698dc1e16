"""The promises of classifiers as checks that ship: what is checked, how, and how to run it."""
