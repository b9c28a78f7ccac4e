import TestSupport
import Testing

@testable import LiveModel

@Suite struct FilterMatchingTests {
    /// Four visitors: two on the shop's pages, one without a page, one of another alphabet.
    private func scene() -> Picture {
        let picture = Picture()
        let at = picture.at
        picture.frame(
            #""joins":[{"id":"Anna","since":\#(at),"worker":11},{"id":"bob","since":\#(at),"worker":12},"#
                + #"{"id":"carol","since":\#(at),"worker":11},{"id":"ДАША","since":\#(at),"worker":13}]"#)
        picture.frame(
            #""samples":[{"id":"Anna","x":1,"y":1,"p":"/Shop/shoes"},{"id":"Anna","x":1,"y":1,"k":"click"},"#
                + #"{"id":"bob","x":1,"y":1,"k":"click","p":"/shop/cart"},{"id":"bob","x":2,"y":1},"#
                + #"{"id":"bob","x":2,"y":1},{"id":"ДАША","x":1,"y":1,"k":"scroll","p":"/ÉTÉ"}]"#)
        return picture
    }

    @Test(arguments: [
        ("", ["Anna", "bob", "carol", "ДАША"]), ("nothing", []),
        ("ann", ["Anna"]), ("ANN", ["Anna"]), ("o", ["Anna", "bob", "carol"]), ("O -carol", ["Anna", "bob"]),
        ("id:o", ["bob", "carol"]), ("page:O", ["Anna", "bob"]), ("page:/shop/ id:b", ["bob"]),
        ("-page:shop", ["carol", "ДАША"]), ("даш", ["ДАША"]), ("id:даша", ["ДАША"]), ("page:été", ["ДАША"]),
        ("-page:été", ["Anna", "bob", "carol"]),
        ("worker:11", ["Anna", "carol"]), ("-worker:11", ["bob", "ДАША"]), ("worker:1", []),
        ("rate>1", ["Anna", "bob"]), ("rate>2", ["bob"]), ("rate<1", ["carol"]), ("-rate>0", ["carol"]),
        ("kind:click", ["Anna"]), ("kind:move", ["bob"]), ("-kind:scroll", ["Anna", "bob", "carol"]),
        ("rate>x anna", ["Anna"]), ("nothing rate>x", []),
    ])
    func visitorsWhoMeetIt(text: String, expected: [String]) {
        let picture = scene()
        let query = VisitorQuery(filter: VisitorFilter(parsing: text), order: .id)
        var chosen: [RankedVisitor] = []
        let count = picture.model.visitors(matching: query, from: 0, count: .max, into: &chosen)
        #expect(chosen.map { picture.model.id(of: $0.slot) } == expected)
        #expect(count == expected.count)
        for slot in picture.slots() {
            #expect(
                picture.model.matches(slot, query.filter) == expected.contains(picture.model.id(of: slot)))
        }
    }

    @Test func whoIsNotThereMeetsNothing() {
        let picture = scene()
        for slot in [-1, 4, 1_000, .max] { #expect(!picture.matches(slot, VisitorFilter())) }
    }

    @Test func wordsAreFoundWhereverTheyStand() {
        var generator = SplitMix64(seed: 21)
        for _ in 0..<3_000 {
            func text(_ most: Int) -> String {
                String(
                    (0..<Int.random(in: 0...most, using: &generator)).map { _ in
                        "aAbBéÉ".randomElement(using: &generator) ?? "a"
                    })
            }
            let (hay, word) = (text(12), text(3))
            let isIn = word.isEmpty || hay.lowercased().contains(word.lowercased())
            let isFound = Array(hay.utf8).withUnsafeBytes { FoldedWord(Substring(word)).occurs(in: $0) }
            #expect(isFound == isIn, "\(word) in \(hay)")
        }
    }
}
