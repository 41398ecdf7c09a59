// The transformations of Winograd's minimal filtering F(2, 3) of a column or a row, for winograd.h:
// the matrices of the paper, and for gradients their transposes.
//
//       ⎡ 1  0  0 ⎤        ⎡ 1  0 −1  0 ⎤
//   G = ⎢ ½  ½  ½ ⎥   Bᵀ = ⎢ 0  1  1  0 ⎥   Aᵀ = ⎡ 1  1  1  0 ⎤
//       ⎢ ½ −½  ½ ⎥        ⎢ 0 −1  1  0 ⎥        ⎣ 0  1 −1 −1 ⎦
//       ⎣ 0  0  1 ⎦        ⎣ 0  1  0 −1 ⎦

// u = G · g
INLINE void kernel_transform_2(const vector g[3], vector u[4]) {
  u[0] = g[0];
  u[1] = ((g[0] + g[2]) + g[1]) * 0.5f;
  u[2] = ((g[0] + g[2]) - g[1]) * 0.5f;
  u[3] = g[2];
}

// v = Bᵀ · d
INLINE void input_transform_2(const vector d[4], vector v[4]) {
  v[0] = d[0] - d[2];
  v[1] = d[1] + d[2];
  v[2] = d[2] - d[1];
  v[3] = d[1] - d[3];
}

// y = Aᵀ · m
INLINE void output_transform_2(const vector m[4], vector y[2]) {
  y[0] = (m[0] + m[1]) + m[2];
  y[1] = (m[1] - m[2]) - m[3];
}

// dm = A · dy
INLINE void output_gradient_2(const vector dy[2], vector dm[4]) {
  dm[0] = dy[0];
  dm[1] = dy[0] + dy[1];
  dm[2] = dy[0] - dy[1];
  dm[3] = -dy[1];
}

// dg = Gᵀ · du
INLINE void kernel_gradient_2(const vector du[4], vector dg[3]) {
  const vector half = (du[1] + du[2]) * 0.5f;
  dg[0] = du[0] + half;
  dg[1] = (du[1] - du[2]) * 0.5f;
  dg[2] = half + du[3];
}
