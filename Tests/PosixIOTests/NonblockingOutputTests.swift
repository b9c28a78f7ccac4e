import ByteCore
import Foundation
import Glibc
import PosixIO
import TestSupport
import Testing

/// Each kind of descriptor, shared and blocking, whose reader does not read; that a test ends at all is the
/// point.
@Suite struct NonblockingOutputTests {
    private static let line = String(repeating: "x", count: 99) + "\n"

    /// Reads until nothing comes for a while.
    private func readAll(_ number: Int32, atLeast count: Int) -> String {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, bytes.count < count ? 20_000 : 0) == 1 else { break }
            let got = read(number, &room, room.count)
            guard got > 0 else { break }
            bytes += room[..<got]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes lines until no more is taken; returns how many were given.
    private func fill(_ output: NonblockingOutput, most: Int = 100_000) -> Int {
        for count in 1...most {
            output.append(text: Self.line)
            if output.pump() == .pending { return count }
        }
        return most
    }

    /// The writer's end is blocking, as a shell's is, and stays so.
    private func expectLeftAsItWas(_ number: Int32) { #expect(fcntl(number, F_GETFL) & O_NONBLOCK == 0) }

    private func expectWholeOrder(_ text: String, _ count: Int) {
        let lines = text.split(whereSeparator: \.isNewline)
        #expect(lines.count == count)
        #expect(lines.allSatisfy { $0.count == 99 })
    }

    @Test func aFullPipe() throws {
        let pipe = try #require(PipeEnds())
        let output = NonblockingOutput(sharing: pipe.writing)
        let count = fill(output)
        #expect(count > 600)
        expectLeftAsItWas(pipe.writing)
        #expect(output.finish(withinMilliseconds: 10) == .pending)
        var text = ""
        while output.pump() == .pending { text += readAll(pipe.reading, atLeast: 1) }
        text += readAll(pipe.reading, atLeast: count * 100 - text.utf8.count)
        expectWholeOrder(text, count)
        SignalSource.ignore(SIGPIPE)
        pipe.closeReading()
        output.append(text: Self.line)
        #expect(output.pump() == .closed)
    }

    @Test func aTerminalThatNobodyReads() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let output = NonblockingOutput(sharing: terminal.slave)
        var count = 0
        // A terminal moves what it took from one room to another, until nothing moves any more.
        repeat { count += fill(output) } while output.finish(withinMilliseconds: 100) == .idle
        expectLeftAsItWas(terminal.slave)
        var text = ""
        while output.pump() == .pending { text += readAll(terminal.master, atLeast: 1) }
        // Each line feed is two bytes on a terminal.
        text += readAll(terminal.master, atLeast: count * 101 - text.utf8.count)
        expectWholeOrder(text, count)
    }

    @Test func aSocket() throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        let output = NonblockingOutput(sharing: ends[1])
        let count = fill(output)
        expectLeftAsItWas(ends[1])
        var text = ""
        while output.pump() == .pending { text += readAll(ends[0], atLeast: 1) }
        text += readAll(ends[0], atLeast: count * 100 - text.utf8.count)
        expectWholeOrder(text, count)
        for end in ends { close(end) }
    }

    /// A FIFO without a reader cannot be opened again for writing, so that a thread has to write it.
    @Test func whatCannotBeOpenedAgain() throws {
        let path = "/tmp/pointerscope-fifo-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let first = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writer = open(path, O_WRONLY | O_CLOEXEC)
        close(first)
        let output = NonblockingOutput(sharing: writer)
        let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        var count = 0
        // The thread takes what the pipe in front of it held, until nothing moves any more.
        repeat { count += fill(output) } while output.finish(withinMilliseconds: 100) == .idle
        expectLeftAsItWas(writer)
        var text = ""
        while output.pump() == .pending { text += readAll(reader, atLeast: 1) }
        text += readAll(reader, atLeast: count * 100 - text.utf8.count)
        expectWholeOrder(text, count)
        output.append(text: "last\n")
        #expect(output.finish(withinMilliseconds: 20_000) == .idle)
        // It is there already: that is what finishing waits for.
        #expect(readAll(reader, atLeast: 0) == "last\n")
        close(reader)
        close(writer)
    }

    @Test func aFullDisk() throws {
        let output = NonblockingOutput(try Descriptor.opening("/dev/full", flags: O_WRONLY | O_NONBLOCK))
        output.append(text: "a\nb\nc\n")
        #expect(output.pump() == .failed(ENOSPC))
        #expect(output.discard() == 3)
        #expect(output.isIdle)
    }

    @Test func whatIsNotThere() {
        let output = NonblockingOutput(sharing: -1)
        output.append(text: "a\n")
        #expect(output.pump() == .failed(EBADF))
        #expect(output.descriptor == nil)
    }

    /// Half a line is out when the rest is given up: what follows is on a line of its own.
    @Test func aLineThatIsCutIsEnded() throws {
        let pipe = try #require(PipeEnds())
        let output = NonblockingOutput(sharing: pipe.writing)
        output.append(text: "half")
        #expect(output.pump() == .idle)
        output.append(text: " the rest\nanother\n")
        #expect(output.discard() == 2)
        output.append(text: "next\n")
        #expect(output.pump() == .idle)
        output.append(text: "more\n")
        #expect(output.pump() == .idle)
        #expect(readAll(pipe.reading, atLeast: 15) == "half\nnext\nmore\n")
    }
}
