"""What is compared with R, row by row: function, quantity, reference, tolerance. docs/methods.md is printed from it."""
