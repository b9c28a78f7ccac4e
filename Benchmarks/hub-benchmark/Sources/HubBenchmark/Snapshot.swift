#if SNAPSHOT
    import BroadcastHub
    import ByteCore
    import FramesShape
    import Glibc

    /// A full hub written into memory and read back: 100,000 visitors who have all told page and viewport, a
    /// full ring, and viewers in the middle of it.
    enum Snapshot {
        static let visitors = 100_000
        private static let tries = 7

        /// Milliseconds to write and to read, and MiB; traps where what was read answers otherwise.
        static func figures() -> [(String, Double)] {
            let crowd = Crowd(visitors: visitors)
            let viewers = (0..<10).map { number in
                crowd.hub.attach(
                    shape: number % 2 == 0 ? .samples : .frames(.hz10), resume: .head, now: crowd.now)
            }
            crowd.move(200_000)
            crowd.hub.tick(now: crowd.now)
            for viewer in viewers { crowd.read(viewer, limit: 30_000) }
            var snapshot = ByteBuffer()
            func write(_ watch: inout Stopwatch) {
                snapshot = ByteBuffer()
                watch.time { HubSnapshot.write(crowd.hub, into: &snapshot) }
            }
            var hub: BroadcastHub?
            func read(_ watch: inout Stopwatch) {
                hub = nil
                watch.time { hub = try? HubSnapshot.read(snapshot.readable, hashSeed: 7) }
            }
            // A master is replaced once, with memory that nobody has touched: the first time counts, too.
            let (firstWriting, firstReading) = (least(of: 1, write), least(of: 1, read))
            let (writing, reading) = (least(of: tries, write), least(of: tries, read))
            guard let hub else { fatalError("what was written is refused") }
            precondition(isSame(hub, crowd.hub, viewers, now: crowd.now), "what was read answers otherwise")
            return [
                ("write, ms", writing / 1e6), ("read, ms", reading / 1e6),
                ("both, ms", (writing + reading) / 1e6),
                ("both for the first time, ms", (firstWriting + firstReading) / 1e6),
                ("size, MiB", Double(snapshot.count) / 1_048_576),
            ]
        }

        /// Whether two hubs answer alike: figures, everyone in order, and every byte for every viewer.
        private static func isSame(
            _ hub: BroadcastHub, _ other: BroadcastHub, _ viewers: [ViewerID], now: Int64
        ) -> Bool {
            let texts = [hub, other].map { hub in
                var text = ByteBuffer()
                var ranking = VisitorRanking(limit: .max)
                while !hub.advance(&ranking, by: 1_000, now: now) {}
                for place in 0..<ranking.count {
                    guard let visitor = hub.visitor(at: place, of: ranking) else { continue }
                    text.append(visitor.idJSON)
                    if let page = visitor.pageJSON { text.append(page) }
                    text.append(memoryOf: visitor.rate)
                    text.append(memoryOf: visitor.sinceMilliseconds)
                    text.append(memoryOf: visitor.lastMilliseconds)
                }
                for viewer in viewers { drain(viewer, of: hub, into: &text, now: now) }
                return Hash64.hash(text.readable, seed: 1)
            }
            return texts[0] == texts[1] && hub.counters == other.counters && hub.headN == other.headN
                && hub.ringBytes == other.ringBytes
        }

        private static func drain(
            _ viewer: ViewerID, of hub: BroadcastHub, into text: inout ByteBuffer, now: Int64
        ) {
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: 8) { vectors in
                while hub.hasOutput(viewer) {
                    let size = hub.fillVectors(viewer, into: vectors, limit: 1 << 20)
                    guard size.byteCount > 0 else { return }
                    for vector in vectors[0..<size.vectorCount] {
                        text.append(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
                    }
                    hub.took(viewer, bytes: size.byteCount, now: now)
                }
            }
        }
    }
#endif
