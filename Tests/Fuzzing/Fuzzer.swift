import Glibc

/// The target that the environment names.
private let target: FuzzTarget = {
  let name = unsafe getenv("CAIRN_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    print("CAIRN_FUZZ_TARGET must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
    exit(64)
  }
  return target
}()

/// What libFuzzer calls; see `tools/fuzz`.
///
/// The limit of libFuzzer is one of wall time, which passes on a busy machine too.
@_cdecl("cairn_fuzz")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
  let start = processorTime()
  target.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  let seconds = processorTime() - start
  expect(seconds < 1, "it took \(seconds) s of processor time")
}

/// The processor time of this process in seconds.
private func processorTime() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
