import ByteCore
public import Glibc

extension TerminalScreen {
    /// Gives the terminal back as it was found, waiting at most `limit` milliseconds for it to take bytes.
    ///
    /// A terminal that takes none has what it was sent thrown away, so that the last bytes, which show the
    /// shell's screen again, find room. Does nothing the second time.
    public func restore(withinMilliseconds limit: Int) {
        let isTaken = life == .taken
        life = .restored
        guard isTaken else { return }
        TerminalModes.withoutBeingStopped { giveBack(withinMilliseconds: limit) }
    }

    /// Gives the terminal back as `restore` does, until `resume`: for a process about to be stopped.
    public func suspend(withinMilliseconds limit: Int) {
        guard life == .taken else { return }
        life = .suspended
        TerminalModes.withoutBeingStopped { giveBack(withinMilliseconds: limit) }
        // What the terminal did not take in time must not follow once the shell has it.
        pending.removeAll()
    }

    /// Takes the terminal over again, as it is now: the modes it is given back with are those it has now, its
    /// size may be another, and the next picture is painted whole.
    ///
    /// To be called in the foreground: from the background, this stops the process until it is there. Where
    /// the terminal is gone `pump` says so.
    public func resume() {
        guard life == .suspended else { return }
        life = .taken
        decoder = InputDecoder()
        hasDrawn = false
        do throws(TerminalError) {
            let found = try TerminalModes(of: line.descriptor)
            try found.enterFullScreen(line.descriptor)
            modes = found
        } catch {
            hasFailed = true
        }
        adopt(columns: line.size?.columns ?? columns, rows: line.size?.rows ?? rows)
    }

    /// What gives the terminal back where nobody can call `restore` any more: the modes it was found with,
    /// and bytes for it.
    public var emergency: (modes: termios, bytes: [UInt8]) {
        (modes.found, Array(reports.end.utf8) + curses.emergencyEnding())
    }

    private func giveBack(withinMilliseconds limit: Int) {
        // In the order of importance: a shell can live with a strange picture, but not without echo.
        modes.restore(line.descriptor)
        // What was never changed is not changed back: that would move the cursor.
        guard hasDrawn else { return }
        var ending = ByteBuffer(capacity: 256)
        // Before the rest: a click on the shell's screen would type into the shell.
        ending.append(text: reports.end)
        curses.end()
        curses.takeOutput(into: &ending)
        unsafe pending.append(ending.readable)
        let deadline = Self.milliseconds() + limit
        while pump() == .pending, Self.milliseconds() < deadline {
            line.awaitRoom(milliseconds: Int32(clamping: min(deadline - Self.milliseconds(), 50)))
        }
        guard !pending.isEmpty, !hasFailed else { return }
        line.discardOutput()
        pending.removeAll()
        // CAN ends an escape sequence that was cut off (ECMA-48, 8.3.6, and every terminal since the VT100).
        pending.append(0x18)
        unsafe pending.append(ending.readable)
        _ = pump()
    }

    private static func milliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
