import RankSupport
import Ranks
import Testing

@Suite("Communicators", .timeLimit(.minutes(30)))
struct CommunicatorTests {
  static let sizes = [1, 2, 4, 8]

  @Test("Every process gets the bytes of all processes, short and long ones", arguments: sizes)
  func gathering(size: Int) throws {
    let own: @Sendable (Int, Int) -> [UInt8] = { rank, round in
      [UInt8](repeating: UInt8(rank + 1), count: [0, 7, 488, 489, 5000][round] * (rank + 1) / 3)
    }
    let results = try ThreadJob.run(size) { ranks in
      try (0..<5).map { round in try ranks.gather(own(ranks.rank, round)) }
    }
    for result in results {
      for round in 0..<5 {
        #expect(result[round] == (0..<size).map { own($0, round) })
      }
    }
  }

  @Test("Every process gets the bytes of the first one", arguments: sizes)
  func broadcasting(size: Int) throws {
    let bytes = (0..<70_001).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let results = try ThreadJob.run(size) { ranks in
      let long = try ranks.broadcast(ranks.isFirst ? bytes : [])
      let empty = try ranks.broadcast([])
      return long == bytes && empty.isEmpty
    }
    #expect(results.allSatisfy { $0 })
  }

  @Test("Sums of integers are exact")
  func integers() throws {
    let results = try ThreadJob.run(4) { ranks in
      try ranks.sum([ranks.rank, -5, Int(1) << 60 + ranks.rank])
    }
    #expect(results == [[Int]](repeating: [6, -20, Int(1) << 62 + 6], count: 4))
  }

  @Test("A failure reaches all processes, with the rank and the machine")
  func failure() throws {
    let results = try ThreadJob.run(4) { ranks in
      if ranks.rank == 2 {
        return ranks.fail(RankFailure("the disk is full", hint: "free space", status: 74))
      }
      do throws(RankError) {
        try ranks.barrier()
        return RankFailure("nothing", status: 0)
      } catch {
        guard case .failed(let failure) = error else { throw error }
        return failure
      }
    }
    for failure in results {
      #expect("\(failure)" == "Rank 2 on host2: the disk is full")
      #expect(failure.hint == "free space")
      #expect(failure.status == 74)
    }
  }

  @Test("A failure of all processes for the same reason names none of them")
  func sharedFailure() throws {
    let results = try ThreadJob.run(2) { ranks in
      "\(ranks.fail(RankFailure("there is no data", status: 66)))"
    }
    #expect(results == ["there is no data", "there is no data"])
  }

  @Test("A process that is alone needs no others")
  func alone() throws {
    let ranks = Communicator()
    #expect(try ranks.gather([3]) == [[3]])
    #expect(try ranks.broadcast([4]) == [4])
    #expect(try ranks.sum([5]) == [5])
    #expect(ranks.isFirst && ranks.isWatched)
    #expect(ranks.sentBytes == 0)
    ranks.end()
  }
}
