import PointerEvents
import Testing

@testable import LiveModel

@Suite struct PresenceTests {
    @Test func aKeyframeReplacesThePicture() {
        let picture = Picture()
        picture.keyframe(#"{"id":"a","since":1,"worker":4,"rate":0,"last":1},{"id":"b","worker":5}"#)
        #expect(Set(picture.ids) == ["a", "b"])
        #expect(picture.visitor("a")?.worker == 4)
        picture.keyframe(#"{"id":"b","worker":6}"#)
        #expect(picture.ids == ["b"])
        #expect(picture.visitor("b")?.worker == 6)
        picture.keyframe("")
        #expect(picture.ids.isEmpty)
        #expect(picture.model.visitorCount == 0)
    }

    @Test func aPageWithoutANameIsNone() {
        let picture = Picture()
        picture.join("a")
        for (page, pages) in [("", 1), ("/x", 1), ("", 1), ("", 1)] {
            picture.frame(#""samples":[{"id":"a","x":1,"y":1,"p":"\#(page)"}]"#)
            #expect(picture.visitor("a")?.pageIndex == (page.isEmpty ? -1 : 0))
            #expect(picture.model.pageCount == pages)
        }
        picture.frame(#""samples":[{"id":"a","x":1,"y":1,"p":"/x"}]"#)
        // One that says nothing stays where it is.
        picture.send(1, from: "a")
        #expect(picture.visitor("a")?.pageIndex == 0 && picture.model.pageText(0) == "/x")
    }

    @Test func whatAKeyframeLeavesOutIsNotKnown() {
        let picture = Picture()
        for said in [#","p":"/x","n":"Zoë""#, #","n":"Zoë""#, #","p":"/x""#, ""] {
            picture.keyframe(#"{"id":"a","x":1,"y":1,"p":"/x","n":"Zoë"},{"id":"b","x":1,"y":1,"p":"/y"}"#)
            picture.keyframe(#"{"id":"a","x":2,"y":1\#(said)},{"id":"b","x":1,"y":1,"p":"/y"}"#)
            let page = picture.visitor("a").map { picture.model.pageText($0.pageIndex) }
            #expect(page == (said.contains("/x") ? "/x" : "(no page)"))
            #expect(picture.model.name(of: picture.slot(of: "a")) == (said.contains("Zoë") ? "Zoë" : ""))
        }
        // Who has not moved since is where they were.
        picture.keyframe(#"{"id":"a"},{"id":"b"}"#)
        #expect(picture.visitor("b").map { picture.model.pageText($0.pageIndex) } == "/y")
    }

    @Test func aSplitKeyframeIsOne() {
        let picture = Picture()
        picture.keyframe(#"{"id":"old","worker":1}"#)
        picture.keyframe(#"{"id":"a","worker":1}"#, more: true)
        // Until the last part nobody can be said to be gone.
        #expect(Set(picture.ids) == ["old", "a"])
        picture.keyframe(#"{"id":"b","worker":1}"#, more: true)
        picture.keyframe(#"{"id":"c","worker":1}"#)
        #expect(Set(picture.ids) == ["a", "b", "c"])
    }

    @Test func aFrameEndsAKeyframeWhoseRestNeverCame() {
        let picture = Picture()
        picture.keyframe(#"{"id":"old","worker":1}"#)
        picture.keyframe(#"{"id":"a","worker":1}"#, more: true)
        picture.frame("")
        #expect(picture.ids == ["a"])
    }

    @Test func afterALostConnectionAKeyframeBeginsAnew() {
        let picture = Picture()
        picture.keyframe(#"{"id":"a","worker":1}"#, more: true)
        picture.model.connectionLost()
        picture.keyframe(#"{"id":"b","worker":1}"#)
        #expect(picture.ids == ["b"])
    }

    @Test func joinsSamplesAndLeavesApplyInThisOrderHoweverTheyAreWritten() {
        let picture = Picture()
        let at = picture.at
        picture.apply(
            "frame",
            #"{"leaves":["a"],"samples":[{"id":"a","x":1,"y":2},"#
                + #"{"id":"b","x":-3.5,"y":4e2,"k":"click","p":"/p"}],"#
                + #""joins":[{"id":"a","since":\#(at),"worker":2},"#
                + #"{"id":"b","since":\#(at - 50),"worker":3}],"at":\#(at)}"#
        )
        #expect(picture.ids == ["b"])
        let b = picture.visitor("b")
        #expect(b?.x == -3.5)
        #expect(b?.y == 400)
        #expect(b?.kind == .click)
        #expect(b?.hasPosition == true)
        #expect(b?.sinceMilliseconds == at - 50)
        #expect(b?.lastMilliseconds == at)
        #expect(picture.model.page(of: picture.slot(of: "b")) == "/p")
        #expect(picture.model.samples(secondsAgo: 0) == 2)
    }

    @Test func aVisitorWithoutASampleHasNoPosition() {
        let picture = Picture()
        picture.join("a")
        #expect(picture.visitor("a")?.hasPosition == false)
        #expect(picture.visitor("a")?.lastMilliseconds == picture.at)
    }

    @Test func samplesOfStrangersCountInTheTotalsOnly() {
        let picture = Picture()
        picture.send(3, from: "nobody")
        #expect(picture.ids.isEmpty)
        #expect(picture.model.samples(secondsAgo: 0) == 3)
    }

    @Test func leavesOfStrangersChangeNothing() {
        let picture = Picture()
        picture.join("a")
        let revision = picture.model.membershipRevision
        picture.frame(#""leaves":["nobody",5,null,"\ud800"]"#)
        #expect(picture.ids == ["a"])
        #expect(picture.model.membershipRevision == revision)
    }

    @Test func escapedIdsAreTheSameAsPlainOnes() {
        let picture = Picture()
        picture.join(#"gr\u00fc\u00df\ud83d\ude00"#)
        #expect(picture.ids == ["grüß😀"])
        picture.frame(#""samples":[{"\u0069d":"grüß😀","x":1,"y":2}]"#)
        #expect(picture.visitor("grüß😀")?.hasPosition == true)
        picture.frame(#""leaves":["gr\u00FC\u00DF😀"]"#)
        #expect(picture.ids.isEmpty)
    }

    @Test func idsOutOfBoundsAreNobodies() {
        let picture = Picture()
        let longest = String(repeating: "i", count: 64)
        picture.join(longest + "i")
        picture.join("")
        picture.join(#"\ud800"#)
        #expect(picture.model.visitorCount == 0)
        picture.join(longest)
        #expect(picture.ids == [longest])
    }

    @Test func visitorsBeyondTheLimitAreCountedWithoutARow() {
        var limits = LiveModelLimits()
        limits.visitors = 2
        let picture = Picture(limits: limits)
        for id in ["a", "b", "c", "d"] { picture.join(id) }
        #expect(picture.model.rowCount == 2)
        #expect(picture.model.visitorCount == 4)
        picture.frame(#""leaves":["d","a"]"#)
        #expect(picture.model.visitorCount == 2)
        picture.join("e")
        #expect(picture.model.rowCount == 2)
        picture.keyframe(#"{"id":"x","worker":1}"#)
        #expect(picture.model.visitorCount == 1)
    }

    @Test func aPageIsForgottenWithItsLastVisitor() {
        var limits = LiveModelLimits()
        limits.pages = 1
        let picture = Picture(limits: limits)
        picture.join("a")
        picture.join("b")
        picture.frame(#""samples":[{"id":"a","x":1,"y":1,"p":"/one"},{"id":"b","x":1,"y":1,"p":"/two"}]"#)
        #expect(picture.model.page(of: picture.slot(of: "a")) == "/one")
        #expect(picture.model.page(of: picture.slot(of: "b")).isEmpty)
        picture.frame(#""leaves":["a"]"#)
        #expect(picture.model.pages.count == 0)
        picture.frame(#""samples":[{"id":"b","x":1,"y":1,"p":"/two"}]"#)
        #expect(picture.model.page(of: picture.slot(of: "b")) == "/two")
        // A sample that names no page leaves the visitor where it was.
        picture.send(1, from: "b")
        #expect(picture.model.page(of: picture.slot(of: "b")) == "/two")
    }
}
