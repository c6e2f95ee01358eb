"""The inner loop of the elastic net, compiled: coordinate descent on a penalised quadratic given by its matrix."""

from __future__ import annotations

from numba import njit


@njit(cache=True)
def gram_descent(hessian, linear, beta, l1, l2, threshold, max_sweeps):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Minimise b'Hb/2 - linear'b + l1'|b| + l2'b^2/2 over b in place; True when a full sweep moved less than threshold.

    hessian : (a, a) C-ordered; threshold : of H_jj times the squared change of a coefficient
    """
    size = beta.size
    gradient = linear - hessian @ beta
    active_only = False
    for sweep in range(max_sweeps):
        largest = 0.0
        for j in range(size):
            if active_only and beta[j] == 0.0:
                continue
            curvature = max(hessian[j, j], 1e-14)
            pull = gradient[j] + curvature * beta[j]
            shrunk = 0.0
            if pull > l1[j]:
                shrunk = (pull - l1[j]) / (curvature + l2[j])
            elif pull < -l1[j]:
                shrunk = (pull + l1[j]) / (curvature + l2[j])
            change = shrunk - beta[j]
            if change != 0.0:
                beta[j] = shrunk
                for k in range(size):
                    gradient[k] -= hessian[j, k] * change
                largest = max(largest, curvature * change * change)
        if largest <= threshold:
            if not active_only:
                return True
            active_only = False
        else:
            active_only = sweep > 0
    return False
