"""The tests: flat, one file for each module or scenario, and what they start and make."""
