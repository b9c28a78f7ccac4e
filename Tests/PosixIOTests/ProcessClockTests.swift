import Glibc
import PosixIO
import Testing

@Suite struct ProcessClockTests {
    @Test func ownTimeIsThatOfTheClock() {
        var sum = 0
        let before = ProcessClock.cpuNanoseconds(of: ProcessMemory.ownPid)
        let own = clock()
        while clock() - own < 20_000 { sum &+= 1 }
        let used = ProcessClock.cpuNanoseconds(of: ProcessMemory.ownPid) - before
        #expect(used >= 20_000_000 - 1_000_000 && sum > 0)
    }

    @Test func anotherProcessIsToldToo() throws {
        let shell = try Descriptor.opening("/bin/sh", flags: O_RDONLY)
        let pair = try SocketPair()
        let child = try ChildProcess(
            executable: shell,
            arguments: [
                "sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done >&5; read x <&5",
            ],
            inherited: [.init(pair.second.raw, as: 5)])
        let poller = try Poller()
        try poller.add(pair.first.raw, for: .readable, token: Token(kind: 1))
        #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
        #expect(ProcessClock.cpuNanoseconds(of: child.pid) > 1_000_000)
        child.signal(SIGKILL)
        try poller.add(child.raw, for: .readable, token: Token(kind: 2))
        var status = child.reap()
        while status == nil { status = try poller.wait(timeoutMilliseconds: 20_000) > 0 ? child.reap() : nil }
        #expect(ProcessClock.cpuNanoseconds(of: child.pid) == 0, "it is gone")
    }

    @Test(arguments: [Int32.min, -1, 0, 1 << 22, .max])
    func nobodyHasUsedNothing(pid: Int32) {
        #expect(ProcessClock.cpuNanoseconds(of: pid) == 0)
    }
}
