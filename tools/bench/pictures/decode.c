// Decodes all pictures of a folder with one subfolder for each class, and nothing else: the speed
// that the libraries allow.
//
//     decode FOLDER THREADS
//
// Prints the number of pictures, the seconds from start to end, and a sum over all bytes.
#include <dirent.h>
#include <fcntl.h>
#include <png.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <turbojpeg.h>
#include <unistd.h>

static char **paths;
static size_t count, capacity;
static atomic_size_t next_picture;
static _Atomic uint64_t total;

static void fail(const char *what, const char *path) {
  fprintf(stderr, "decode: %s: %s\n", what, path);
  exit(1);
}

static void list(const char *folder, int depth) {
  DIR *stream = opendir(folder);
  if (!stream) fail("cannot open", folder);
  for (struct dirent *entry; (entry = readdir(stream));) {
    if (entry->d_name[0] == '.') continue;
    char *path = malloc(strlen(folder) + strlen(entry->d_name) + 2);
    sprintf(path, "%s/%s", folder, entry->d_name);
    if (depth == 0) {
      list(path, 1);
      free(path);
      continue;
    }
    if (count == capacity) paths = realloc(paths, (capacity = 2 * capacity + 64) * sizeof *paths);
    paths[count++] = path;
  }
  closedir(stream);
}

typedef struct {
  uint8_t *bytes, *pixels;
  png_bytep rows[4096];
  size_t size, capacity, room;
} Buffer;

typedef struct {
  const uint8_t *next;
  size_t left;
} Source;

static void read_bytes(png_structp png, png_bytep into, size_t size) {
  Source *source = png_get_io_ptr(png);
  if (size > source->left) png_error(png, "unexpected end");
  memcpy(into, source->next, size);
  source->next += size;
  source->left -= size;
}

static void load(const char *path, Buffer *buffer) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail("cannot open", path);
  buffer->size = (size_t)status.st_size;
  if (buffer->size > buffer->capacity) {
    buffer->bytes = realloc(buffer->bytes, buffer->capacity = 2 * buffer->size);
  }
  if (read(file, buffer->bytes, buffer->size) != status.st_size) fail("cannot read", path);
  close(file);
}

static size_t decode_png(const char *path, Buffer *buffer) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png))) fail("cannot decode", path);
  Source source = {buffer->bytes, buffer->size};
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);
  png_set_expand(png);
  png_read_update_info(png, info);
  size_t height = png_get_image_height(png, info), row = png_get_rowbytes(png, info);
  if (height > 4096) fail("too high", path);
  if (height * row > buffer->room) {
    buffer->pixels = realloc(buffer->pixels, buffer->room = 2 * height * row);
  }
  for (size_t y = 0; y < height; y++) buffer->rows[y] = buffer->pixels + y * row;
  png_read_image(png, buffer->rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return height * row;
}

static size_t decode_jpeg(const char *path, Buffer *buffer, tjhandle jpeg) {
  int width, height, subsampling, space;
  if (tjDecompressHeader3(jpeg, buffer->bytes, buffer->size, &width, &height, &subsampling, &space))
    fail(tjGetErrorStr2(jpeg), path);
  size_t size = (size_t)3 * width * height;
  if (size > buffer->room) buffer->pixels = realloc(buffer->pixels, buffer->room = 2 * size);
  if (tjDecompress2(
          jpeg, buffer->bytes, buffer->size, buffer->pixels, width, 0, height, TJPF_RGB, 0))
    fail(tjGetErrorStr2(jpeg), path);
  return size;
}

static void *work(void *unused) {
  (void)unused;
  Buffer *buffer = calloc(1, sizeof *buffer);
  tjhandle jpeg = tjInitDecompress();
  uint64_t sum = 0;
  for (size_t index; (index = atomic_fetch_add(&next_picture, 1)) < count;) {
    load(paths[index], buffer);
    size_t size = buffer->bytes[0] == 0x89 ? decode_png(paths[index], buffer)
                                           : decode_jpeg(paths[index], buffer, jpeg);
    for (size_t i = 0; i < size; i++) sum += buffer->pixels[i];
  }
  atomic_fetch_add(&total, sum);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: decode FOLDER THREADS\n"), 64;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  list(argv[1], 0);
  int threads = atoi(argv[2]);
  pthread_t *all = calloc((size_t)threads, sizeof *all);
  for (int i = 0; i < threads; i++) pthread_create(all + i, NULL, work, NULL);
  for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds =
      (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
  printf("%zu %.4f %llu\n", count, seconds, (unsigned long long)total);
  return 0;
}
