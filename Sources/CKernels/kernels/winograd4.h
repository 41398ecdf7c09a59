// The transformations of Winograd's minimal filtering F(4, 3) of a column or a row, for winograd.h.
//
// It interpolates polynomials at the points 0, ±a, ±b and ∞. The paper has a = 1 and b = 2; near
// 1/√2 and √2, rounding errors are a fifth of that. The powers of these two points are exact.
#define A 0.6875f
#define A2 0.47265625f
#define A3 0.324951171875f
#define B 1.375f
#define B2 1.890625f
#define B3 2.599609375f
#define SUM (A2 + B2)
#define PRODUCT (A2 * B2)

// The values of the polynomial with the coefficients g at the six points, divided by the product of
// each point's differences from the others.
INLINE void kernel_transform_4(const vector g[3], vector u[6]) {
  const vector even_a = fused_multiply_add(broadcast(A2), g[2], g[0]), odd_a = g[1] * A;
  const vector even_b = fused_multiply_add(broadcast(B2), g[2], g[0]), odd_b = g[1] * B;
  u[0] = g[0] * (1 / PRODUCT);
  u[1] = (even_a + odd_a) * (1 / (2 * A2 * (A2 - B2)));
  u[2] = (even_a - odd_a) * (1 / (2 * A2 * (A2 - B2)));
  u[3] = (even_b + odd_b) * (1 / (2 * B2 * (B2 - A2)));
  u[4] = (even_b - odd_b) * (1 / (2 * B2 * (B2 - A2)));
  u[5] = g[2];
}

// The products of the pixels d with the coefficients of the polynomials that are 0 at all points
// but one.
INLINE void input_transform_4(const vector d[6], vector v[6]) {
  const vector even_a = fused_multiply_add(broadcast(-B2), d[2], d[4]);
  const vector odd_a = fused_multiply_add(broadcast(-B2), d[1], d[3]);
  const vector even_b = fused_multiply_add(broadcast(-A2), d[2], d[4]);
  const vector odd_b = fused_multiply_add(broadcast(-A2), d[1], d[3]);
  v[0] = fused_multiply_add(broadcast(PRODUCT), d[0],
                            fused_multiply_add(broadcast(-SUM), d[2], d[4]));
  v[1] = fused_multiply_add(broadcast(A), odd_a, even_a);
  v[2] = fused_multiply_add(broadcast(-A), odd_a, even_a);
  v[3] = fused_multiply_add(broadcast(B), odd_b, even_b);
  v[4] = fused_multiply_add(broadcast(-B), odd_b, even_b);
  v[5] = fused_multiply_add(broadcast(PRODUCT), d[1],
                            fused_multiply_add(broadcast(-SUM), d[3], d[5]));
}

// Four features: the sums of m, weighted with the powers 0 to 3 of the points.
INLINE void output_transform_4(const vector m[6], vector y[4]) {
  const vector even_a = m[1] + m[2], odd_a = m[1] - m[2];
  const vector even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = (m[0] + even_a) + even_b;
  y[1] = fused_multiply_add(broadcast(B), odd_b, odd_a * A);
  y[2] = fused_multiply_add(broadcast(B2), even_b, even_a * A2);
  y[3] = fused_multiply_add(broadcast(B3), odd_b, fused_multiply_add(broadcast(A3), odd_a, m[5]));
}

#undef PRODUCT
#undef SUM
#undef B3
#undef B2
#undef B
#undef A3
#undef A2
#undef A
