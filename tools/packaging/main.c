// The installed programs are one file with several names, so that what they share is there once.
// This is its `main`: it calls that of the program by whose name the file was opened.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int train_main(int count, char *arguments[]);
int predict_main(int count, char *arguments[]);
int inspect_main(int count, char *arguments[]);
int convert_main(int count, char *arguments[]);
int serve_main(int count, char *arguments[]);

static const struct program {
  const char *name;
  int (*main)(int, char *[]);
} programs[] = {
    {"train", train_main},     {"predict", predict_main}, {"inspect", inspect_main},
    {"convert", convert_main}, {"serve", serve_main},
};

static const char *last_component(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static const struct program *program_at(const char *path) {
  const char *name = last_component(path);
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    if (strcmp(programs[i].name, name) == 0) return &programs[i];
  }
  return NULL;
}

int main(int count, char *arguments[]) {
  // First the name of the file, because `cairn train` and callers like it choose the first argument
  // as they like; then that argument, for an emulator or a system without /proc.
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  const struct program *program = program_at(path);
  if (program == NULL && count > 0) program = program_at(arguments[0]);
  if (program != NULL) return program->main(count, arguments);
  fprintf(stderr,
          "cairn: error: The file must have the name of a program of Cairn (train, predict, "
          "inspect, convert or serve), but is '%s'\n",
          last_component(path));
  return 64;
}
