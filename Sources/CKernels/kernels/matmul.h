// The matrix product: a block of C stays in registers while one row of B after another is
// multiplied by numbers of A that are broadcast to all lanes. Neither operand is packed.

// Blocks of k so long that a panel of B stays in the second-level cache.
enum { k_block = 256 };

// rows × (vectors · 16) elements of C, with the last vector of each row cut to `tail` elements.
INLINE void multiply_tile(const int rows, const int vectors, int64_t tail, int64_t k,
                          const float *a, int64_t a_row, int64_t a_column, const float *b,
                          int64_t b_row, float *c, int64_t c_row, int64_t c_column,
                          int accumulate) {
  vector block[TILE_ROWS][TILE_VECTORS];
  const int whole = tail == lanes && c_column == 1;
  const int64_t columns = (vectors - 1) * lanes + tail;

#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) block[i][j] = (vector){0};

  if (accumulate) {
    if (whole) {
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) block[i][j] = load(c + i * c_row + j * lanes);
    } else {
      float old[TILE_ROWS][TILE_VECTORS * lanes] = {0};
      for (int i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) old[i][j] = c[i * c_row + j * c_column];
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) block[i][j] = load(old[i] + j * lanes);
    }
  }

  if (tail == lanes) {
    for (int64_t p = 0; p < k; p++) {
      vector row[TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) row[j] = load(b + p * b_row + j * lanes);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        vector factor = (vector){0} + a[i * a_row + p * a_column];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++)
          block[i][j] = fused_multiply_add(factor, row[j], block[i][j]);
      }
    }
  } else {
    for (int64_t p = 0; p < k; p++) {
      vector row[TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++)
        row[j] = j < vectors - 1 ? load(b + p * b_row + j * lanes)
                                 : load_first(b + p * b_row + j * lanes, tail);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        vector factor = (vector){0} + a[i * a_row + p * a_column];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++)
          block[i][j] = fused_multiply_add(factor, row[j], block[i][j]);
      }
    }
  }

  if (whole) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) store(c + i * c_row + j * lanes, block[i][j]);
  } else {
    float new[TILE_ROWS][TILE_VECTORS * lanes];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) store(new[i] + j * lanes, block[i][j]);
    for (int64_t j = 0; j < columns; j++)
      for (int i = 0; i < rows; i++) c[i * c_row + j * c_column] = new[i][j];
  }
}

#define TILE_ARGUMENTS tail, k, a, a_row, a_column, b, b_row, c, c_row, c_column, accumulate

// Turns the number of rows into a constant, so that the block lives in registers.
INLINE void multiply_rows(int64_t rows, const int vectors, int64_t tail, int64_t k,
                          const float *a, int64_t a_row, int64_t a_column, const float *b,
                          int64_t b_row, float *c, int64_t c_row, int64_t c_column,
                          int accumulate) {
  switch (rows) {
    case 1: multiply_tile(1, vectors, TILE_ARGUMENTS); break;
    case 2: multiply_tile(2, vectors, TILE_ARGUMENTS); break;
    case 3: multiply_tile(3, vectors, TILE_ARGUMENTS); break;
    case 4: multiply_tile(4, vectors, TILE_ARGUMENTS); break;
#if TILE_ROWS > 4
    case 5: multiply_tile(5, vectors, TILE_ARGUMENTS); break;
    case 6: multiply_tile(6, vectors, TILE_ARGUMENTS); break;
#endif
#if TILE_ROWS > 6
    case 7: multiply_tile(7, vectors, TILE_ARGUMENTS); break;
    case 8: multiply_tile(8, vectors, TILE_ARGUMENTS); break;
#endif
  }
}

static void multiply_block(int64_t rows, int64_t vectors, int64_t tail, int64_t k,
                           const float *a, int64_t a_row, int64_t a_column, const float *b,
                           int64_t b_row, float *c, int64_t c_row, int64_t c_column,
                           int accumulate) {
  switch (vectors) {
    case 1: multiply_rows(rows, 1, TILE_ARGUMENTS); break;
#if TILE_VECTORS > 1
    case 2: multiply_rows(rows, 2, TILE_ARGUMENTS); break;
    case 3: multiply_rows(rows, 3, TILE_ARGUMENTS); break;
#endif
  }
}

#undef TILE_ARGUMENTS

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static void matmul(int64_t m, int64_t n, int64_t k, struct cairn_matrix a, struct cairn_matrix b,
                   float *c, int64_t c_row, int64_t c_column, int accumulate) {
  if (k == 0 && !accumulate)
    for (int64_t i = 0; i < m; i++)
      for (int64_t j = 0; j < n; j++) c[i * c_row + j * c_column] = 0;

  for (int64_t p = 0; p < k; p += k_block) {
    for (int64_t j = 0; j < n;) {
      // What is left is shared evenly: four vectors are two and two, not three and one.
      int64_t left = (n - j + lanes - 1) / lanes;
      int64_t blocks = (left + TILE_VECTORS - 1) / TILE_VECTORS;
      int64_t vectors = (left + blocks - 1) / blocks;
      int64_t columns = smaller(vectors * lanes, n - j);
      for (int64_t i = 0; i < m; i += TILE_ROWS)
        multiply_block(smaller(TILE_ROWS, m - i), vectors, columns - (vectors - 1) * lanes,
                       smaller(k_block, k - p),
                       a.data + i * a.row_stride + p * a.column_stride, a.row_stride,
                       a.column_stride, b.data + p * b.row_stride + j, b.row_stride,
                       c + i * c_row + j * c_column, c_row, c_column, accumulate || p > 0);
      j += columns;
    }
  }
}
