#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

// This is C because libpng reports errors with longjmp, and Swift cannot call setjmp. libpng's
// simplified API needs no setjmp, but its 16-bit formats are linear and premultiplied, so that the
// samples of the file would be lost. No Swift frame is on the stack when an error jumps, because
// the callbacks below are C, too.

/// Consecutive bytes.
typedef struct {
  const png_byte *bytes;
  size_t count;
} cpng_piece;

/// The bytes that are left to read, and the error message.
typedef struct {
  cpng_piece piece;
  /// Makes the next piece, which stays valid until the next call. Returns 0 if there is none.
  int (*next)(void *context, cpng_piece *piece);
  void *context;
  char message[128];
} cpng_source;

static inline void cpng_read_bytes(png_structp png, png_bytep into, size_t count) {
  cpng_source *source = (cpng_source *)png_get_io_ptr(png);
  while (count > 0) {
    cpng_piece *piece = &source->piece;
    if (piece->count == 0 && !source->next(source->context, piece)) {
      png_error(png, "unexpected end of data");
    }
    size_t some = count < piece->count ? count : piece->count;
    memcpy(into, piece->bytes, some);
    into += some;
    count -= some;
    piece->bytes += some;
    piece->count -= some;
  }
}

static inline void cpng_keep_message(png_structp png, png_const_charp message) {
  cpng_source *source = (cpng_source *)png_get_error_ptr(png);
  strncpy(source->message, message, sizeof source->message - 1);
  png_longjmp(png, 1);
}

static inline void cpng_ignore_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

/// Adds a row of pixels to the sums of its blocks: the colours times alpha, and alpha.
static inline void cpng_add_row(
    const uint16_t *row, uint32_t width, uint32_t reduction, uint64_t *sums) {
  for (uint32_t column = 0; column < width; column++) {
    const uint16_t *pixel = row + (size_t)column * 4;
    uint64_t *sum = sums + (size_t)(column / reduction) * 4;
    uint64_t alpha = pixel[3];
    sum[0] += pixel[0] * alpha;
    sum[1] += pixel[1] * alpha;
    sum[2] += pixel[2] * alpha;
    sum[3] += alpha;
  }
}

/// Writes the averages of a row of blocks of `rows` pixels in height, and clears the sums.
static inline void cpng_take_means(
    uint64_t *sums, uint32_t width, uint32_t reduction, uint32_t rows, uint16_t *samples) {
  for (uint32_t start = 0; start < width; start += reduction, sums += 4, samples += 4) {
    uint32_t columns = width - start < reduction ? width - start : reduction;
    uint64_t alpha = sums[3];
    for (int channel = 0; channel < 3; channel++) {
      samples[channel] = alpha ? (uint16_t)((sums[channel] + alpha / 2) / alpha) : 0;
    }
    uint64_t count = (uint64_t)columns * rows;
    samples[3] = (uint16_t)((alpha + count / 2) / count);
    memset(sums, 0, 4 * sizeof *sums);
  }
}

/// Adds a row of opaque samples of 8 bits to the sums of its columns.
///
/// It is not inlined because clang does not vectorize loops of a function that calls setjmp.
__attribute__((noinline)) static void cpng_add_opaque_row(
    const uint8_t *restrict row, size_t count, uint16_t *restrict columns) {
  for (size_t index = 0; index < count; index++) {
    columns[index] += row[index];
  }
}

/// Writes the averages of a row of opaque blocks of `rows` pixels in height, with 1 or 3 channels,
/// and clears the sums of the columns. It is not inlined for the same reason.
__attribute__((noinline)) static void cpng_take_opaque_means(
    uint16_t *restrict columns, uint32_t width, int channels, uint32_t reduction, uint32_t rows,
    uint16_t *restrict samples) {
  const uint16_t *column = columns;
  for (uint32_t start = 0; start < width; start += reduction, samples += 4) {
    uint32_t count = width - start < reduction ? width - start : reduction;
    uint64_t red = 0, green = 0, blue = 0, pixels = (uint64_t)count * rows;
    if (channels == 1) {
      for (uint32_t index = 0; index < count; index++, column++) {
        red += column[0];
      }
      green = blue = red;
    } else {
      for (uint32_t index = 0; index < count; index++, column += 3) {
        red += column[0];
        green += column[1];
        blue += column[2];
      }
    }
    // 257 widens 8 bits to 16.
    samples[0] = (uint16_t)((257 * red + pixels / 2) / pixels);
    samples[1] = (uint16_t)((257 * green + pixels / 2) / pixels);
    samples[2] = (uint16_t)((257 * blue + pixels / 2) / pixels);
    samples[3] = 0xffff;
  }
  memset(columns, 0, (size_t)width * channels * sizeof *columns);
}

/// Decodes a PNG of exactly `width` x `height` pixels, whose checksums have been verified, without
/// premultiplied alpha and without gamma.
///
/// With 16 `bits`, the result is RGBA in native byte order, and `channels` is 4. With 8 bits, for
/// files of at most 8 bits, it has the channels of the file, after palettes and tRNS have been
/// expanded. `samples` has room for channels * width * height values.
///
/// With a `reduction` above 1, which needs 16 bits, blocks of so many pixels a side are averaged to
/// one pixel, and `samples` has room for the averages. Then `row` has room for 4 * width values,
/// `sums` contains four zeros for each block of a row, and `columns` three for each pixel of a row.
/// An interlaced PNG cannot be reduced.
/// Returns 1, or 0 with the error message in `source->message`.
static inline int cpng_decode(
    cpng_source *source, uint32_t width, uint32_t height, int bits, int channels,
    uint32_t reduction, uint16_t *row, uint64_t *sums, uint16_t *columns, void *samples) {
  source->message[0] = 0;
  png_structp png = png_create_read_struct(
      PNG_LIBPNG_VER_STRING, source, cpng_keep_message, cpng_ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (info == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    strcpy(source->message, "libpng could not be started");
    return 0;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
  }
  png_set_read_fn(png, source, cpng_read_bytes);
  png_set_user_limits(png, width, height);
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_chunk_cache_max(png, 16);
  // They are not computed a second time.
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  // Errors that libpng calls benign are errors here; a wrong checksum of the pixels is one of them.
  png_set_benign_errors(png, 0);

  png_read_info(png, info);
  // Most large files are opaque and of 8 bits, and cost half the time without further samples. The
  // sums of 257 rows fit in 16 bits.
  int is_opaque = reduction > 1 && reduction <= 257 && png_get_bit_depth(png, info) <= 8 &&
                  !(png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) &&
                  !png_get_valid(png, info, PNG_INFO_tRNS);
  if (is_opaque) {
    int is_gray = png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY;
    bits = 8;
    channels = is_gray ? 1 : 3;
    png_set_expand(png);
  } else if (bits == 16) {
    png_set_expand_16(png);  // Palettes, depths below 16 and tRNS to 16-bit channels.
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xffff, PNG_FILLER_AFTER);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png);
#endif
  } else {
    png_set_expand(png);
  }
  int passes = png_set_interlace_handling(png);
  if (passes > 1 && reduction > 1) {
    png_error(png, "an interlaced image cannot be downscaled");
  }
  png_read_update_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height ||
      png_get_rowbytes(png, info) != (size_t)width * channels * bits / 8) {
    png_error(png, "the header does not describe the rows");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) {
      png_bytep whole = (png_bytep)samples + (size_t)y * width * channels * bits / 8;
      png_read_row(png, reduction > 1 ? (png_bytep)row : whole, NULL);
      if (reduction == 1) {
        continue;
      }
      if (is_opaque) {
        cpng_add_opaque_row((const uint8_t *)row, (size_t)width * channels, columns);
      } else {
        cpng_add_row(row, width, reduction, sums);
      }
      if ((y + 1) % reduction == 0 || y + 1 == height) {
        uint32_t block = y / reduction, blocks = (width + reduction - 1) / reduction;
        uint32_t rows = y + 1 - block * reduction;
        uint16_t *target = (uint16_t *)samples + (size_t)block * blocks * 4;
        if (is_opaque) {
          cpng_take_opaque_means(columns, width, channels, reduction, rows, target);
        } else {
          cpng_take_means(sums, width, reduction, rows, target);
        }
      }
    }
  }
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return 1;
}
