// `cairn NAME ...` replaces itself by the program NAME. It is C, and links nothing, so that the
// programs start as fast with it as without.

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// As in Sources/ModelFiles/Version.swift; a test compares them.
static const char version[] = "0.2.0";

/// Exit codes of sysexits.h, as those of all programs.
enum { success = 0, usage_error = 64, no_input = 66 };

static const struct program {
  const char *name, *does;
} programs[] = {
    {"train", "Train a classifier of pictures, and resume where it was stopped"},
    {"predict", "Classify PNG and JPEG images with a trained model"},
    {"inspect", "Show, verify and compare checkpoints, Keras models and HDF5 files"},
    {"convert", "Convert models between the file formats"},
    {"serve", "Show a page on which one draws or drops a picture"},
};
enum { program_count = sizeof programs / sizeof *programs, longest_name = 32 };

static void print_usage(FILE *stream) {
  fputs("Usage: cairn <program> [<arguments>]\n"
        "       cairn help <program>\n"
        "       cairn --version\n",
        stream);
}

static void print_help(void) {
  print_usage(stdout);
  puts("\nCairn trains small neural networks, keeps whole runs in HDF5 checkpoints, and uses "
       "them.\n\nPROGRAMS:");
  for (int i = 0; i < program_count; i++) printf("  %-9s %s\n", programs[i].name, programs[i].does);
  puts("\nEXAMPLES:\n"
       "  cairn train --save ckpt.h5\n"
       "  cairn predict digit.png --model ckpt.h5\n"
       "  cairn help convert");
}

static int minimum(int a, int b) { return a < b ? a : b; }

/// The number of letters to insert, remove, replace or swap with the next one to get from a to b.
static int distance(const char *a, const char *b) {
  const int m = (int)strlen(a), n = (int)strlen(b);
  int d[longest_name + 1][longest_name + 1];
  for (int i = 0; i <= m; i++) d[i][0] = i;
  for (int j = 0; j <= n; j++) d[0][j] = j;
  for (int i = 1; i <= m; i++) {
    for (int j = 1; j <= n; j++) {
      d[i][j] = minimum(minimum(d[i - 1][j], d[i][j - 1]) + 1,
                        d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = minimum(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[m][n];
}

/// The program whose name is meant by a word: it begins with the word, or is at most half of its
/// letters away; NULL for none.
static const char *nearest(const char *word) {
  const char *best = NULL;
  int least = INT_MAX;
  if (strlen(word) > longest_name) return NULL;
  for (int i = 0; i < program_count; i++) {
    const char *name = programs[i].name;
    const int begins = *word != 0 && strncmp(name, word, strlen(word)) == 0;
    const int steps = begins ? 0 : distance(word, name);
    if (steps <= (int)strlen(name) / 2 && steps < least) best = name, least = steps;
  }
  return best;
}

/// Prints a word from the command line without its control characters.
static void print_word(const char *word) {
  for (; *word != 0; word++) {
    const unsigned char byte = (unsigned char)*word;
    if (byte < 0x20 || byte == 0x7f) {
      fprintf(stderr, "\\x%02x", byte);
    } else {
      fputc(byte, stderr);
    }
  }
}

static int fail_unknown(const char *word) {
  fputs("cairn: error: There is no program '", stderr);
  print_word(word);
  const char *meant = nearest(word);
  if (meant != NULL) {
    fprintf(stderr, "'; did you mean '%s'?\n", meant);
  } else {
    fputs("'. There are ", stderr);
    for (int i = 0; i < program_count; i++) {
      fputs(i == 0 ? "" : i + 1 == program_count ? " and " : ", ", stderr);
      fputs(programs[i].name, stderr);
    }
    fputs(".\n", stderr);
  }
  print_usage(stderr);
  return usage_error;
}

/// Finds a program in `../libexec/cairn`, or, as in a build folder, beside this one.
static int find(const char *name, char path[PATH_MAX]) {
  static const char *const places[] = {"/../libexec/cairn/", "/"};
  char self[PATH_MAX];
  const ssize_t count = readlink("/proc/self/exe", self, sizeof self - 1);
  if (count < 0) return -1;
  self[count] = 0;
  char *slash = strrchr(self, '/');
  if (slash != NULL) *slash = 0;
  for (int i = 0; i < 2; i++) {
    const int length = snprintf(path, PATH_MAX, "%s%s%s", self, places[i], name);
    if (length < PATH_MAX && access(path, X_OK) == 0) return 0;
  }
  return -1;
}

/// Becomes a program; returns only if that fails.
static int run(const char *name, char *arguments[]) {
  char path[PATH_MAX] = "";
  char shown[longest_name];
  // The program tells by this name that it was started here, and mentions itself by it.
  snprintf(shown, sizeof shown, "cairn %s", name);
  arguments[0] = shown;
  if (find(name, path) == 0) execv(path, arguments);
  const int error = errno;
  // As in a chroot; the programs would not even get their arguments.
  const char *reason =
      access("/proc/self/exe", F_OK) != 0 ? "/proc is not mounted" : strerror(error);
  fprintf(stderr, "cairn: error: Cannot start '%s': %s\n", *path == 0 ? name : path, reason);
  return no_input;
}

static const char *program_named(const char *word) {
  for (int i = 0; i < program_count; i++) {
    if (strcmp(programs[i].name, word) == 0) return programs[i].name;
  }
  return NULL;
}

int main(int count, char *arguments[]) {
  if (count < 2) {
    print_usage(stderr);
    return usage_error;
  }
  const char *word = arguments[1];
  if (strcmp(word, "--version") == 0) {
    printf("cairn %s\n", version);
    return success;
  }
  const int wants_help =
      strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
  if (wants_help && count == 2) {
    print_help();
    return success;
  }
  if (wants_help) {
    const char *name = program_named(arguments[2]);
    static char option[] = "--help";
    return name == NULL ? fail_unknown(arguments[2])
                        : run(name, (char *[]){NULL, option, NULL});
  }
  if (*word == '-') {
    fputs("cairn: error: Unknown option '", stderr);
    print_word(word);
    fputs("'\n", stderr);
    print_usage(stderr);
    return usage_error;
  }
  const char *name = program_named(word);
  return name == NULL ? fail_unknown(word) : run(name, arguments + 1);
}
