/// The keys of whoever may do something to the server's workers.
extension KeyTable {
    static let operating: [KeyBinding] = [
        KeyBinding(
            [.character("D")], .workers, .operating, "drain: it gets no new connections",
            .operate(.drain), hint: .init(word: "drain", weight: 8)),
        KeyBinding(
            [.character("R")], .workers, .operating, "restart: a new worker in its place",
            .operate(.restart), hint: .init(word: "restart", weight: 8)),
        KeyBinding(
            [.character("L")], .workers, .operating, "reload: new ones in the place of all",
            .operate(.reload), hint: .init(word: "reload", weight: 8)),
        KeyBinding(
            [.character("y"), .character("Y")], .confirm, .operating, "do it", .confirmDeed,
            hint: .init(word: "do it", weight: 10)),
        KeyBinding(
            [.character("n"), .character("N"), .escape, .control("C")], .confirm, .operating,
            "leave all as it is", .dropDeed, hint: .init(word: "leave it", weight: 9)),
    ]
}
