"""Vectors to brands: training, calibration, choice of hyper-parameters."""
