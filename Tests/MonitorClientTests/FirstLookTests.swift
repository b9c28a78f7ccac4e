import LiveModel
import TerminalGraph
import Testing

@testable import MonitorClient

/// What somebody wants to see first, of which list it is, and what goes before what is remembered.
@Suite struct FirstLookTests {
    @Test func itIsOfTheListOfTheView() throws {
        let map = try FirstLook(view: .map, filter: "page:/docs -id:bob", sort: "rate")
        #expect(map.view == .map && map.order == .visitors(.rate) && !map.isReversed)
        #expect(map.filter == VisitorFilter(parsing: "page:/docs -id:bob"))
        let pages = try FirstLook(view: .pages, filter: "page:/a rate>2", sort: "-clicks")
        #expect(pages.order == .pages(.clicks) && pages.isReversed && pages.filter?.subject == .pages)
        let workers = try FirstLook(view: .workers, filter: "running", sort: "conns")
        #expect(workers.order == .workers(.connections) && workers.filter?.subject == .workers)
        #expect(try FirstLook(view: nil, filter: "", sort: "here").order == .visitors(.since))
        #expect(try FirstLook(view: nil, filter: "", sort: "last").order == .visitors(.last))
    }

    @Test func itGoesBeforeWhatIsRemembered() throws {
        var configuration = Monitor.Configuration()
        configuration.settings = MonitorSettings(parsing: "view = health\norder = page\npage-order = rate")
        try FirstLook(view: nil, filter: "", sort: "").adopt(into: &configuration)
        #expect(configuration.settings.view == .health && configuration.settings.order == .page)
        try FirstLook(view: .pages, filter: "/a", sort: "-clicks").adopt(into: &configuration)
        let settings = configuration.settings
        #expect(settings.view == .pages && settings.pageOrder == .clicks && settings.arePagesReversed)
        #expect(settings.order == .page && configuration.filter?.subject == .pages)
    }

    @Test func whatThereIsNotIsRefused() {
        for (view, filter, sort, option) in [
            (MonitorView.health, "x", "", "filter"), (.health, "", "rate", "sort"),
            (.map, "rate>x", "", "filter"),
            (.pages, "kind:click", "", "filter"), (.workers, "", "clicks", "sort"), (.map, "", "-", "sort"),
        ] {
            #expect {
                try FirstLook(view: view, filter: filter, sort: sort)
            } throws: {
                ($0 as? FirstLookError)?.option == option
            }
        }
    }
}
