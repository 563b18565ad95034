"""Files made from the code, so that nothing is written twice: default parameters and their documentation."""
