# shellcheck shell=bash
# Builds programs that need no Swift to run. Sourced by tools/install.

# build_programs SCRATCH PROGRAM...: each into SCRATCH/complete with everything in it, and all of
# them as one file, SCRATCH/stripped/programs, which is installed with a name for each program.
build_programs() {
  local scratch=$1
  shift
  local options=(-c release --scratch-path "$scratch" --static-swift-stdlib)
  local product
  # With `serve` and `manual`.
  local -x CAIRN_ALL=1

  # These print their help and completions.
  mkdir -p "$scratch/complete" "$scratch/stripped" "$scratch/archives"
  for product in "$@" manual; do
    echo "Building $product"
    # Foundation has a function with `mktemp`, of which the linker warns; no program calls it.
    swift build "${options[@]}" --product "$product" --quiet 2>&1 |
      sed "/warning: the use of \`mktemp' is dangerous/d" >&2 || fail "$product could not be built"
    cp "$scratch/release/$product" "$scratch/complete/"
  done

  # In this folder the linker finds no shared library of C++.
  ln -sf "$(gcc -print-file-name=libstdc++.a)" "$scratch/archives/"
  local module
  for module in FoundationEssentials _StringProcessing; do
    swiftc -O -wmo -parse-as-library -module-name "$module" \
      -Xfrontend -disable-implicit-string-processing-module-import \
      -c "tools/packaging/${module#_}.swift" -o "$scratch/$module.o" ||
      fail "the stand-in for $module could not be built"
  done
  local clang
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  "$clang" -O2 -c tools/packaging/main.c -o "$scratch/main.o" || fail "main.c could not be built"

  echo "Linking the programs as one file"
  # The same objects again, after the stand-ins, those of all programs together, and without symbols
  # for other libraries.
  for product in "$@"; do
    cat "$scratch/release/$product.product/Objects.LinkFileList"
  done | LC_ALL=C sort -u >"$scratch/objects"
  swiftc -static-stdlib -use-ld=lld -o "$scratch/stripped/programs" \
    "$scratch/main.o" "$scratch/FoundationEssentials.o" "$scratch/_StringProcessing.o" \
    "@$scratch/objects" "-L$scratch/archives" -lm \
    -Xlinker --no-eh-frame-hdr -Xlinker -Ttools/packaging/discard.ld \
    -Xlinker --gc-sections -Xlinker --no-export-dynamic -Xlinker --icf=safe -Xlinker -s ||
    fail "the programs could not be linked"
  # This one is C, and needs nothing of Swift.
  "$clang" -O2 -Xlinker -s Sources/Dispatcher/main.c -o "$scratch/stripped/cairn" ||
    fail "cairn could not be built"
}
