import PointerEvents
import Testing

@testable import LoadGenerator

/// Properties of whole simulated visits.
@Suite struct HumanMotionTests {
    @Test func sameSeedSameVisitOtherSeedAnother() {
        let first = MotionRecorder.run(seed: 7, seconds: 60)
        #expect(first.entries == MotionRecorder.run(seed: 7, seconds: 60).entries)
        #expect(first.entries != MotionRecorder.run(seed: 8, seconds: 60).entries)
        #expect(first.entries.count > 500)
    }

    @Test(arguments: [Temperament.busy, .browsing, .reading, .idle])
    func whatHappensHappensInTheOrderOfABrowser(_ temperament: Temperament) {
        var eager = temperament
        eager.visitSeconds = 20
        eager.leaveChance = 0.2
        let recorder = MotionRecorder.run(
            seed: 3, temperament: eager, seconds: temperament == .idle ? 7200 : 900)
        var isOpen = false
        var isInside = false
        var isDown = false
        var previous: MotionSample?
        var counts: [String: Int] = [:]
        for entry in recorder.entries {
            counts["\(entry.step)".prefix { $0 != "(" }.description, default: 0] += 1
            switch entry.step {
            case .nothing: break
            case .opened:
                #expect(!isOpen)
                isOpen = true
                isInside = false
            case .closed:
                #expect(isOpen && !isInside && !isDown)
                isOpen = false
            case .sample(let sample):
                counts["\(sample.kind)", default: 0] += 1
                #expect(isOpen)
                #expect(isInside == (sample.kind != .enter))
                #expect((0..<1440).contains(sample.x) && (0..<789).contains(sample.y))
                #expect((0..<6).contains(sample.page))
                #expect(sample.buttons == (sample.kind == .down ? 1 : 0))
                switch sample.kind {
                case .enter: isInside = true
                case .leave: isInside = false
                case .down: isDown = true
                case .up:
                    #expect(isDown && previous?.kind == .down)
                    isDown = false
                case .click:
                    #expect(previous?.kind == .up && previous?.x == sample.x && previous?.y == sample.y)
                case .move:
                    #expect(!isDown)
                    #expect(previous?.x != sample.x || previous?.y != sample.y)
                case .scroll: #expect(previous?.x == sample.x && previous?.y == sample.y)
                case .cancel: Issue.record("nobody takes a press back")
                }
                previous = sample
            }
        }
        for word in ["opened", "closed", "enter", "leave", "down", "up", "click", "move", "scroll"] {
            #expect(counts[word, default: 0] > 0, "\(word) never happened")
        }
    }

    @Test func movesNoMoreThanOnceAFrame() {
        let moves = MotionRecorder.run(seed: 5, seconds: 300).samples.filter { $0.sample.kind == .move }
        for (earlier, later) in zip(moves, moves.dropFirst()) {
            #expect(later.time - earlier.time >= HumanMotion.frameNanoseconds)
        }
        // A busy visitor is in motion most of the time.
        #expect((20...60).contains(Double(moves.count) / 300))
    }

    @Test func everyoneMovesWithinTheFirstSecond() {
        for seed in 0..<200 {
            let temperaments = [Temperament.busy, .browsing, .reading, .idle]
            let recorder = MotionRecorder.run(
                seed: UInt64(seed), temperament: temperaments[seed % 4], seconds: 1)
            #expect(recorder.entries.first?.step == .opened)
            #expect(recorder.samples.first?.sample.kind == .enter)
            #expect(recorder.samples.contains { $0.sample.kind == .move })
        }
    }

    @Test func goesOnAfterAStallWithoutCatchingUp() {
        for seed in 0..<50 {
            var motion = HumanMotion(
                seed: UInt64(seed), temperament: .busy, viewport: Viewport(width: 800, height: 600),
                pageCount: 1, opensAt: 0)
            var now: Int64 = 0
            for _ in 0..<200 {
                now += 30_000_000_000
                var events = 0
                while motion.step(now: now) != .nothing { events += 1 }
                #expect(events <= 4)
            }
        }
    }

    @Test func temperamentsDifferAndMostVisitorsArePresent() {
        func pace(_ temperament: Temperament) -> Double {
            Double(MotionRecorder.run(seed: 11, temperament: temperament, seconds: 600).samples.count) / 600
        }
        let paces = [pace(.busy), pace(.browsing), pace(.reading), pace(.idle)]
        #expect(paces == paces.sorted(by: >))
        #expect(paces[0] > 20 && paces[3] < 4)

        var present = 0.0
        for seed in 0..<10 {
            let entries = MotionRecorder.run(seed: UInt64(100 + seed), seconds: 1200).entries
            var opened: Int64 = 0
            for entry in entries {
                if entry.step == .opened { opened = entry.time }
                if entry.step == .closed { present += Double(entry.time - opened) / 1e9 }
            }
        }
        #expect(present / 12_000 > 0.8)
    }

    @Test func tinyViewportIsHarmless() {
        let recorder = MotionRecorder.run(
            seed: 1, seconds: 60, viewport: Viewport(width: 1, height: 1), pageCount: 0)
        #expect(recorder.samples.allSatisfy { $0.sample.x == 0 && $0.sample.y == 0 })
    }
}
