import PointerEvents
import Testing

@testable import LiveModel

/// Names, and where in a document somebody is.
@Suite struct NameTests {
    private func say(_ picture: Picture, _ id: String, _ members: String) {
        picture.frame(#""samples":[{"id":"\#(id)","x":10,"y":20,\#(members)}]"#)
    }

    @Test func aNameIsReadInPlaceOfTheIdUntilItsVisitorGoes() {
        let picture = Picture()
        for id in ["a", "b", "c"] { picture.join(id) }
        say(picture, "b", #""n":"Zo\u00eb""#)
        say(picture, "a", #""k":"cancel""#)
        let (a, b) = (picture.slot(of: "a"), picture.slot(of: "b"))
        #expect(picture.model.label(of: b) == "Zoë" && picture.model.name(of: b) == "Zoë")
        #expect(picture.model.id(of: b) == "b")
        #expect(picture.model.label(of: a) == "a" && picture.model.name(of: a) == "")
        #expect(picture.visitor("a")?.kind == .cancel)
        // What was not said holds, and so does what no hub says.
        for members in [#""k":"click""#, #""n":7"#, #""n":"\#(String(repeating: "n", count: 65))""#] {
            say(picture, "b", members)
            #expect(picture.model.name(of: b) == "Zoë")
        }
        #expect(picture.matches(b, VisitorFilter(parsing: "ZO")))
        #expect(!picture.matches(a, VisitorFilter(parsing: "ZO")))
        #expect(!picture.matches(b, VisitorFilter(parsing: "id:zo")))
        var chosen: [RankedVisitor] = []
        let byLabel = VisitorQuery(order: .id)
        _ = picture.model.visitors(matching: byLabel, from: 0, count: 3, into: &chosen)
        #expect(chosen.map { picture.model.label(of: $0.slot) } == ["a", "c", "Zoë"])
        let still = picture.model.snapshot()
        picture.model.follow(b)
        picture.frame(#""leaves":["b"]"#)
        #expect(picture.model.followedName == "Zoë" && still.name(of: b) == "Zoë")
        picture.join("b")
        #expect(picture.model.label(of: picture.slot(of: "b")) == "b")
    }

    @Test func namesMoveAlongWhenTheTableGrows() {
        let picture = Picture()
        for number in 0..<300 {
            picture.join("v\(number)")
            if number % 3 == 0 { say(picture, "v\(number)", #""n":"name \#(number)""#) }
        }
        for number in 0..<300 {
            let slot = picture.slot(of: "v\(number)")
            #expect(picture.model.name(of: slot) == (number % 3 == 0 ? "name \(number)" : ""))
        }
    }

    @Test func aDocumentAndItsOffsetsAreKeptAsTheyWereSaid() {
        let picture = Picture()
        picture.keyframe(
            #"{"id":"a","x":10,"y":20,"sx":-5,"sy":300.5,"dw":1280,"dh":9000,"pt":"pen","el":"a.b"}"#)
        func expect(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
            let glance = picture.visitor("a")
            #expect(glance?.x == 10 && glance?.y == 20)
            #expect(glance?.scrollX == x && glance?.scrollY == y)
            #expect(glance?.documentWidth == width && glance?.documentHeight == height)
        }
        expect(-5, 300.5, 1_280, 9_000)
        say(picture, "a", #""k":"scroll","sy":400,"dh":-1,"dw":"wide""#)
        expect(-5, 400, 1_280, 9_000)
        say(picture, "a", #""sx":1e300,"dh":1e300"#)
        expect(1e9, 400, 1_280, 1e9)
    }
}
