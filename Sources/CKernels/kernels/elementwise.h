// Functions of each element: out[i] = f(x[i]), f(a[i], b[i]) or f(a[i], b[i], c[i]); the arithmetic
// operations are a[rows][columns] ∘ b[columns]. `out` may be one of the inputs.

// From here on, loops are vectorized. Builds that vectorize nothing, such as those with sanitizers,
// must not warn about it.
#pragma clang diagnostic ignored "-Wpass-failed"

#define BINARY(name, operator)                                                               \
  static void name(int64_t rows, int64_t columns, const float *a, const float *b, float *out) { \
    for (int64_t row = 0; row < rows; row++, a += columns, out += columns) {                 \
      IN_PLACE                                                                               \
      for (int64_t i = 0; i < columns; i++) out[i] = a[i] operator b[i];                     \
    }                                                                                        \
  }

BINARY(add, +)
BINARY(subtract, -)
BINARY(multiply, *)
BINARY(divide, /)

#define UNARY(name, expression)                                         \
  static void name(int64_t count, const float *input, float *out) {     \
    IN_PLACE                                                            \
    for (int64_t i = 0; i < count; i++) {                               \
      float x = input[i];                                               \
      out[i] = expression;                                              \
    }                                                                   \
  }

// Each preserves a NaN.
UNARY(relu, x < 0 ? 0 : x)
UNARY(exponential, exp_of(x))
UNARY(logarithm, log_of(x))
UNARY(sigmoid, sigmoid_of(x))
UNARY(hyperbolic_tangent, tanh_of(x))
UNARY(absolute, __builtin_fabsf(x))
UNARY(sign, x > 0 ? 1 : x < 0 ? -1 : x)
// The sign of the NaN for a negative number differs between processors.
UNARY(square_root, x < 0 ? __builtin_nanf("") : __builtin_elementwise_sqrt(x))

#undef BINARY
#undef UNARY

static void affine(int64_t count, const float *x, float scale, float offset, float *out) {
  IN_PLACE
  for (int64_t i = 0; i < count; i++) out[i] = scale * x[i] + offset;
}

static void clip(int64_t count, const float *x, float low, float high, float *out) {
  IN_PLACE
  for (int64_t i = 0; i < count; i++) {
    float y = x[i] < low ? low : x[i];
    out[i] = y > high ? high : y;
  }
}

static void select_elements(int64_t count, const float *condition, const float *a, const float *b,
                            float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = condition[i] != 0 ? a[i] : b[i];
}

static void relu_gradient(int64_t count, const float *y, const float *dy, float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = y[i] > 0 ? dy[i] : 0;
}

static void clip_gradient(int64_t count, const float *x, float low, float high, const float *dy,
                          float *out) {
  for (int64_t i = 0; i < count; i++) out[i] = ((x[i] >= low) & (x[i] <= high)) ? dy[i] : 0;
}

// The elementwise maximum or minimum; a NaN on either side wins, as in NumPy.
#define EXTREMUM(name, operator)                                                        \
  static void name(int64_t count, const float *a, const float *b, float *out) {         \
    for (int64_t i = 0; i < count; i++) {                                               \
      float y = a[i] operator b[i] ? b[i] : a[i];                                       \
      out[i] = b[i] != b[i] ? b[i] : y;                                                 \
    }                                                                                   \
  }

EXTREMUM(elementwise_maximum, <)
EXTREMUM(elementwise_minimum, >)

// dy where the comparison holds, else 0.
#define WHERE(name, operator)                                                           \
  static void name(int64_t count, const float *a, const float *b, const float *dy,      \
                   float *out) {                                                        \
    for (int64_t i = 0; i < count; i++) out[i] = a[i] operator b[i] ? dy[i] : 0.0f;     \
  }

WHERE(where_at_least, >=)
WHERE(where_less, <)

#undef EXTREMUM
#undef WHERE
