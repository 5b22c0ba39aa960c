"""Other libraries that models can be run with: none of them is on.

Kernels and ways to compute experts that need one are left out.
"""

from .hub_kernels import use_kernel_forward_from_hub, use_kernel_func_from_hub, use_kernelized_func
