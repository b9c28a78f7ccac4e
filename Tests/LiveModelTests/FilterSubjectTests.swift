import Testing

@testable import LiveModel

/// Filters of pages and of workers.
@Suite struct FilterSubjectTests {
    private func scene() -> Picture {
        let picture = Picture()
        let at = picture.at
        picture.frame(
            #""joins":[{"id":"a","since":\#(at)},{"id":"b","since":\#(at)},{"id":"c","since":\#(at)}]"#)
        picture.frame(
            #""samples":[{"id":"a","x":1,"y":1,"p":"/Shop/shoes"},{"id":"a","x":1,"y":1},"#
                + #"{"id":"b","x":1,"y":1,"p":"/ÉTÉ"}]"#)
        picture.pass(milliseconds: 1_300)
        return picture
    }

    @Test(arguments: [
        ("", ["(no page)", "/Shop/shoes", "/ÉTÉ"]), ("shop", ["/Shop/shoes"]), ("été", ["/ÉTÉ"]),
        ("page:SHO", ["/Shop/shoes"]), ("-page:sho", ["(no page)", "/ÉTÉ"]), ("page:page", []),
        ("no", ["(no page)"]), ("page=/ÉTÉ", ["/ÉTÉ"]), ("page=", ["(no page)"]),
        ("-page=", ["/Shop/shoes", "/ÉTÉ"]), ("rate>0.3", ["/Shop/shoes"]), ("rate<0.1", ["(no page)"]),
        ("/ -rate>0.3", ["/ÉTÉ"]), ("id:a shop", ["/Shop/shoes"]), ("nothing", []),
    ])
    func pagesThatMeetIt(text: String, expected: [String]) {
        let picture = scene()
        var rows: [PageActivity] = []
        let filter = VisitorFilter(parsing: text, of: .pages)
        let count = picture.model.pages(matching: filter, order: .page, from: 0, count: .max, into: &rows)
        #expect(rows.map { picture.model.pageText($0.index) }.sorted() == expected && count == expected.count)
        #expect(picture.model.pageCount == 3)
    }

    @Test func workersThatMeetIt() {
        var worker = WorkerStatus()
        worker.pid = 4_242
        worker.state = "Running"
        worker.rate = 7
        for text in [
            "", "run", "424", "worker:4242", "-worker:424", "rate>6 rate<8", "run -stop", "id:x run",
        ] {
            #expect(worker.matches(VisitorFilter(parsing: text, of: .workers)), "\(text)")
        }
        for text in ["stop", "-run", "worker:424", "rate>7", "-rate>6", "run 5"] {
            #expect(!worker.matches(VisitorFilter(parsing: text, of: .workers)), "\(text)")
        }
    }

    @Test(arguments: [
        ("id:a", FilterSubject.pages, "id: says nothing of pages"),
        ("-worker:1", .pages, "worker: says nothing of pages"),
        ("kind:click", .pages, "kind: says nothing of pages"),
        ("page=", .workers, "page= says nothing of workers"),
        ("x page:a", .workers, "page: says nothing of workers"),
        ("rate>x id:a", .workers, "rate> needs a number"),
        ("worker:x", .pages, "worker: needs a process id"),
    ])
    func whatSaysNothingOfThemIsPassedOver(text: String, subject: FilterSubject, complaint: String) {
        let filter = VisitorFilter(parsing: text, of: subject)
        #expect(filter.complaint == complaint)
        #expect(filter.terms.count == (text.hasPrefix("x ") ? 1 : 0))
        #expect(filter != VisitorFilter(parsing: text))
    }
}
