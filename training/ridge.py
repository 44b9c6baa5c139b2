"""The ridge: linear weights for all themes side by side, by conjugate gradients.

One solver for forty right-hand sides takes the products with the sparse rows for all of them at
once, a few times faster than forty fits.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

Matrix = NDArray[np.float32]

_STEPS = 60


def fit_ridge(
    rows: csr_matrix, targets: Matrix, weights: Matrix, alpha: float
) -> tuple[Matrix, Matrix]:
    """Weights (n_columns, n_themes) and intercepts (n_themes,), the weighted means of the targets.

    `targets` is (n_texts, n_themes), probabilities or zeros and ones, `weights` (n_texts,).

    >>> rows = csr_matrix(np.eye(2, dtype=np.float32))
    >>> targets, weights = np.array([[1.0], [0.0]], np.float32), np.ones(2, np.float32)
    >>> found, intercepts = fit_ridge(rows, targets, weights, alpha=1.0)
    >>> found.ravel().tolist(), intercepts.tolist()
    ([0.25, -0.25], [0.5])
    """
    intercepts = np.average(targets, axis=0, weights=weights).astype(np.float32)
    scale = np.sqrt(weights).astype(np.float32)
    scaled: csr_matrix = diags(scale).dot(rows).tocsr().astype(np.float32)
    turned = scaled.T.tocsr()
    residual: Matrix = turned @ ((targets - intercepts) * scale[:, None])
    solution, step = np.zeros_like(residual), residual.copy()
    size = (residual * residual).sum(axis=0)
    for _ in range(_STEPS):
        image = turned @ (scaled @ step) + np.float32(alpha) * step
        length = size / np.maximum((step * image).sum(axis=0), np.float32(1e-20))
        solution += length * step
        residual -= length * image
        previous, size = size, (residual * residual).sum(axis=0)
        step = residual + (size / np.maximum(previous, np.float32(1e-20))) * step
    return solution, intercepts
