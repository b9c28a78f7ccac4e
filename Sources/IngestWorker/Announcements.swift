/// What all pages that speak `pointerscope.v1` are told, and how far round that has come.
struct Announcements {
    /// How much everyone is asked for.
    private(set) var pace = Pace()
    /// How often pages were asked to move away, and within what time the last time.
    private(set) var moves: UInt32 = 0
    private(set) var spreadMilliseconds: UInt32 = 0
    /// The place of the connections' table that is looked at next.
    private var place = 0
    /// Places that have to be looked at until everyone has been told.
    private(set) var left = 0

    /// Everyone is asked for this now; `places` has the table of connections.
    mutating func ask(for pace: Pace, places: Int) {
        guard pace != self.pace else { return }
        self.pace = pace
        left = places
    }

    /// Everyone is to be somewhere else within this time.
    mutating func sendAway(withinMilliseconds milliseconds: UInt32, places: Int) {
        moves &+= 1
        spreadMilliseconds = milliseconds
        left = places
    }

    /// The next place to look at; nil when the round is over. It goes on where the last one ended, so that
    /// news that come often reach everyone all the same.
    mutating func next(of places: Int) -> Int? {
        guard left > 0, places > 0 else {
            left = 0
            return nil
        }
        left -= 1
        if place >= places { place = 0 }
        defer { place += 1 }
        return place
    }
}
