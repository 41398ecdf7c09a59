import Glibc
import RankSupport
import Ranks
import Synchronization
import Testing

@Suite("Heartbeats", .timeLimit(.minutes(30)), .serialized)
struct HeartbeatTests {
  @Test("Processes that leave in order lose nobody, even if one is busy for long")
  func orderly() throws {
    let losses = Mutex<[LostRank]>([])
    let complete = try ThreadJob.run(4) { ranks in
      let heartbeat = try Heartbeat(ranks) { lost in losses.withLock { $0.append(lost) } }
      // The thread that computes says nothing for longer than the patience.
      if ranks.rank == 1 { sleep(UInt32(Heartbeat.patience + 1)) }
      try ranks.barrier()
      heartbeat.end()
      return heartbeat.isComplete
    }
    #expect(complete == [true, true, true, true])
    #expect(losses.withLock { $0 }.isEmpty)
  }

  @Test("A process that dies is lost, but not once the job has ended")
  func losses() throws {
    for hasEnded in [false, true] {
      let losses = Mutex<[LostRank]>([])
      _ = try ThreadJob.run(2) { ranks in
        let heartbeat = try Heartbeat(ranks) { lost in losses.withLock { $0.append(lost) } }
        if hasEnded { heartbeat.ignoreLosses() }
        try ranks.barrier()
        if ranks.rank == 1 { return heartbeat.end(silently: true) }
        sleep(1)
        heartbeat.end()
      }
      let lost = losses.withLock { $0 }
      #expect(lost.map(\.cause) == (hasEnded ? [] : [.died]))
      #expect(lost.map(\.rank) == (hasEnded ? [] : [1]))
    }
  }
}
