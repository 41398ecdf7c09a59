/// What this processor can do at best, measured: what the kernels' speed is compared with.
#pragma once

#include <stdint.h>

/// Multiply-adds in registers on one core, in floating-point operations a second, with the widest
/// vectors that there are.
double machine_peak(void);

/// Reading `count` floats once on one core, in bytes a second.
double machine_read_bandwidth(const float *_Nonnull data, int64_t count);
