import Foundation
import Glibc
import PosixIO
import TestSupport
import Testing

@testable import Telemetry

/// The variable that tells a second process of this program which descriptor to count in.
private let writerVariable = "POINTERSCOPE_TEST_COUNTERS"
/// Where that process says that it has counted a thousand messages.
private let writerWord: Int32 = 4

struct CountersPageTests {
    private func withPage(_ body: (UnsafeMutableRawPointer) throws -> Void) rethrows {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: CountersPage.byteCount, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: CountersPage.byteCount)
        defer { memory.deallocate() }
        try body(memory)
    }

    @Test func everyCounterHasAWordInThePage() {
        #expect(WorkerCounter.allCases.map(\.rawValue) == Array(0..<WorkerCounter.allCases.count))
        #expect((WorkerCounter.allCases.count + 1) * 8 <= CountersPage.byteCount)
    }

    @Test func bytesOfThePage() {
        withPage { memory in
            #expect(!CountersPage.isSound(memory))
            CountersPage.initialize(memory)
            #expect(CountersPage.isSound(memory))
            let page = CountersPage(memory: memory)
            page.add(.eventsReceived, 0x0102)
            page.add(.eventsReceived)
            page.set(.eventsFolded, 5)
            let bytes = Array(UnsafeRawBufferPointer(start: memory, count: 32))
            #expect(
                bytes == [
                    0x70, 0x63, 0x53, 0x50, 1, 0, 0, 0,  // magic, version
                    0x03, 0x01, 0, 0, 0, 0, 0, 0,  // eventsReceived
                    5, 0, 0, 0, 0, 0, 0, 0,  // eventsFolded
                    0, 0, 0, 0, 0, 0, 0, 0,
                ])
        }
    }

    @Test func countersDoNotTouchEachOther() {
        withPage { memory in
            CountersPage.initialize(memory)
            let page = CountersPage(memory: memory)
            for counter in WorkerCounter.allCases { page.set(counter, UInt64(counter.rawValue) * 1000 + 1) }
            for counter in WorkerCounter.allCases { page.add(counter, 2) }
            for counter in WorkerCounter.allCases {
                #expect(page.value(counter) == UInt64(counter.rawValue) * 1000 + 3)
            }
            #expect(CountersPage.isSound(memory))
        }
    }

    @Test func aPageOfAnotherLayoutIsSeen() {
        withPage { memory in
            CountersPage.initialize(memory)
            memory.storeBytes(of: 2, toByteOffset: 4, as: UInt32.self)
            #expect(!CountersPage.isSound(memory))
        }
    }

    /// The page outlives its writer, and what it says is exact: the last thing the writer did, and nothing
    /// less.
    @Test func readableAfterTheWriterWasKilled() throws {
        let shared = try #require(SharedMemory(byteCount: CountersPage.byteCount))
        CountersPage.initialize(shared.address)
        // Nothing else of this process is open in it, which other tests would wait for.
        let word = try #require(PipeEnds())
        let child = try ChildProcess(
            executable: try ChildProcess.ownExecutable(),
            arguments: ["tests", "--testing-library", "swift-testing", "--filter", "CountersPageWriter"],
            environment: ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
                + ["\(writerVariable)=3"],
            inherited: [.init(shared.descriptor, as: 3), .init(word.writing, as: writerWord)])
        word.closeWriting()
        let page = CountersPage(memory: shared.address)
        var request = pollfd(fd: word.reading, events: Int16(POLLIN), revents: 0)
        #expect(poll(&request, 1, 60_000) == 1)
        child.killAndReap()
        let messages = page.value(.messagesReceived)
        let events = page.value(.eventsReceived)
        #expect(messages >= 1000)
        // The writer counts three events, then their message; it was killed somewhere in between.
        #expect(events == 3 * messages || events == 3 * (messages + 1))
        #expect(page.value(.connectionsOpen) == 42)
    }
}

/// Not a test of its own: what the second process of `readableAfterTheWriterWasKilled` does until it is
/// killed.
struct CountersPageWriter {
    @Test(.enabled(if: getenv(writerVariable) != nil))
    func countUntilKilled() throws {
        let descriptor = try #require(getenv(writerVariable).flatMap { Int32(String(cString: $0)) })
        let shared = try #require(
            SharedMemory(
                descriptor: descriptor, byteCount: CountersPage.byteCount, protection: PROT_READ | PROT_WRITE)
        )
        try #require(CountersPage.isSound(shared.address))
        let page = CountersPage(memory: shared.address)
        page.set(.connectionsOpen, 42)
        let parent = getppid()
        // Were the parent gone, nobody would ever kill this one.
        while getppid() == parent {
            for _ in 0..<1000 {
                page.add(.eventsReceived, 3)
                page.add(.messagesReceived)
            }
            // Once: what nobody reads would hold it up.
            if page.value(.messagesReceived) == 1000 { write(writerWord, "!", 1) }
        }
    }
}
