import PointerEvents

import func Glibc.exp2

/// One visitor's hand, browser and patience: a seeded machine that is stepped by time and does no I/O.
///
/// ```
///            ┌──────────────▶ reaching ──look───▶ resting ─┬─▶ reaching
///  away ─▶ entering              │ └─click─▶ aiming ─▶ pressing ─▶ releasing ─▶ resting
///   ▲                            └──exit──▶ outside ─┬─▶ entering     └─▶ scrolling ─▶ resting
///   └─────────────── the visit is over ──────────────┘
/// ```
/// While the pointer moves there is at most one sample a frame of 1/60 s, and none when it stayed on its
/// pixel. Everything counts from the `now` it is told: after a stall it goes on, it does not catch up.
public struct HumanMotion: Sendable {
    private enum Phase {
        case away
        case entering
        case resting
        case reaching(Reach)
        case aiming
        case pressing
        case releasing
        case scrolling(notchesLeft: Int)
        case outside
    }

    /// How this visitor behaves.
    public let temperament: Temperament
    /// What the visitor's browser shows.
    public let viewport: Viewport
    /// How many pages there are to go to.
    public let pageCount: Int
    /// When `step` has something to say again, in monotonic nanoseconds.
    public private(set) var nextDueNanoseconds: Int64
    /// Whether the visitor has the page open.
    public private(set) var isPresent = false

    private var random: SeededRandom
    private var phase = Phase.away
    private var point: PagePoint
    private var shown: (x: Int, y: Int)?
    private var page = 0
    private var visitEndsAt: Int64 = 0
    private var tremor: Tremor

    /// A frame of a 60 Hz display, rounded up.
    static let frameNanoseconds: Int64 = 16_666_667

    /// A visitor who opens the page at `opensAt`; `pageCount` is above 0.
    public init(
        seed: UInt64, temperament: Temperament, viewport: Viewport, pageCount: Int, opensAt: Int64
    ) {
        random = SeededRandom(seed: seed)
        self.temperament = temperament
        self.viewport = viewport
        self.pageCount = max(pageCount, 1)
        nextDueNanoseconds = opensAt
        point = PagePoint(x: viewport.width / 2, y: viewport.height / 2)
        tremor = Tremor(random: &random)
    }

    /// The stroke the hand is in, if it is in one.
    var reach: Reach? {
        guard case .reaching(let reach) = phase else { return nil }
        return reach
    }

    /// Lets time pass up to `now` and tells the next thing that happened; call again until `.nothing`.
    public mutating func step(now: Int64) -> MotionStep {
        while nextDueNanoseconds <= now {
            if let step = advance(now) { return step }
        }
        return .nothing
    }

    private mutating func advance(_ now: Int64) -> MotionStep? {
        switch phase {
        case .away:
            return opened(now)
        case .entering:
            return entered(now)
        case .resting:
            rested(now)
            return nil
        case .reaching(let reach):
            return moved(along: reach, now)
        case .aiming:
            become(.pressing, afterMilliseconds: random.uniform(60...130), now)
            return sample(.down, buttons: 1)
        case .pressing:
            become(.releasing, afterMilliseconds: 0, now)
            return sample(.up)
        case .releasing:
            return clicked(now)
        case .scrolling(let notchesLeft):
            return scrolled(notchesLeft: notchesLeft, now)
        case .outside:
            return returnedOrClosed(now)
        }
    }

    private mutating func opened(_ now: Int64) -> MotionStep {
        isPresent = true
        page = random.chance(0.5) ? 0 : random.index(below: pageCount)
        shown = nil
        let visit = temperament.visitSeconds * random.logNormal(deviation: 0.5)
        visitEndsAt = now &+ Int64(visit * 1e9)
        become(.entering, afterMilliseconds: random.uniform(30...350), now)
        return .opened
    }

    private mutating func entered(_ now: Int64) -> MotionStep {
        point = edgePoint()
        beginReach(.look, now)
        return sample(.enter)
    }

    private mutating func rested(_ now: Int64) {
        if now >= visitEndsAt || random.chance(temperament.leaveChance) {
            beginReach(.exit, now)
        } else if random.chance(temperament.scrollChance) {
            become(.scrolling(notchesLeft: 3 + random.index(below: 10)), afterMilliseconds: 20, now)
        } else {
            beginReach(random.chance(temperament.clickChance) ? .click : .look, now)
        }
    }

    private mutating func moved(along reach: Reach, _ now: Int64) -> MotionStep? {
        point = reach.stroke.position(at: now)
        guard now < reach.stroke.endNanoseconds else { return arrived(reach, now) }
        nextDueNanoseconds = now &+ Self.frameNanoseconds
        let shaken = tremor.moved(point, at: now)
        return moveIfSeen(to: viewport.clamping(shaken))
    }

    private mutating func arrived(_ reach: Reach, _ now: Int64) -> MotionStep? {
        switch reach.intent {
        case .exit:
            become(.outside, afterMilliseconds: 300 + random.exponential(mean: 2500), now)
            return sample(.leave)
        case .look:
            rest(now)
        case .click where !reach.hits && reach.corrections < Reach.correctionLimit:
            let correction = Reach(
                from: point, to: reach.target, width: reach.width, intent: .click,
                corrections: reach.corrections + 1, viewport: viewport, now: now, random: &random)
            become(.reaching(correction), afterMilliseconds: 0, now)
            nextDueNanoseconds = now &+ Self.frameNanoseconds
        case .click:
            become(.aiming, afterMilliseconds: random.uniform(50...180), now)
        }
        return moveIfSeen(to: point)
    }

    private mutating func clicked(_ now: Int64) -> MotionStep {
        let click = sample(.click)
        if random.chance(temperament.navigateChance) { page = random.index(below: pageCount) }
        rest(now)
        return click
    }

    private mutating func scrolled(notchesLeft: Int, _ now: Int64) -> MotionStep {
        if notchesLeft > 1 {
            become(
                .scrolling(notchesLeft: notchesLeft - 1), afterMilliseconds: random.uniform(30...110), now)
        } else {
            rest(now)
        }
        return sample(.scroll)
    }

    private mutating func returnedOrClosed(_ now: Int64) -> MotionStep? {
        guard now >= visitEndsAt else {
            become(.entering, afterMilliseconds: 0, now)
            return nil
        }
        isPresent = false
        let away = 2000 + temperament.awaySeconds * 1000 * random.logNormal(deviation: 0.4)
        become(.away, afterMilliseconds: away, now)
        return .closed
    }

    private mutating func beginReach(_ intent: Reach.Intent, _ now: Int64) {
        let (target, width) = chosenTarget(intent)
        let reach = Reach(
            from: point, to: target, width: width, intent: intent, viewport: viewport, now: now,
            random: &random)
        become(.reaching(reach), afterMilliseconds: 0, now)
        nextDueNanoseconds = now &+ Self.frameNanoseconds
    }

    private mutating func chosenTarget(_ intent: Reach.Intent) -> (PagePoint, width: Double) {
        switch intent {
        case .exit:
            return (PagePoint(x: random.unit() * viewport.right, y: 0), width: 120)
        case .click:
            let target = PagePoint(
                x: viewport.width * random.uniform(0.05...0.95),
                y: viewport.height * random.uniform(0.05...0.95))
            // From an icon to a card, every doubling equally common.
            return (target, width: 16 * exp2(random.uniform(0...3.3)))
        case .look:
            let near = PagePoint(
                x: point.x + temperament.wander * viewport.width * random.normal(),
                y: point.y + temperament.wander * viewport.height * random.normal())
            return (viewport.folding(near), width: random.uniform(40...200))
        }
    }

    private mutating func edgePoint() -> PagePoint {
        let along = random.unit()
        switch random.index(below: 4) {
        case 0: return PagePoint(x: 0, y: along * viewport.bottom)
        case 1: return PagePoint(x: viewport.right, y: along * viewport.bottom)
        case 2: return PagePoint(x: along * viewport.right, y: viewport.bottom)
        default: return PagePoint(x: along * viewport.right, y: 0)
        }
    }

    private mutating func rest(_ now: Int64) {
        let rest = 120 + 0.75 * temperament.restMilliseconds * random.logNormal(deviation: 0.8)
        become(.resting, afterMilliseconds: rest, now)
    }

    private mutating func become(_ next: Phase, afterMilliseconds delay: Double, _ now: Int64) {
        phase = next
        nextDueNanoseconds = now &+ Int64(delay * 1_000_000)
    }

    private mutating func moveIfSeen(to place: PagePoint) -> MotionStep? {
        let x = Int(place.x.rounded())
        let y = Int(place.y.rounded())
        if let shown, shown == (x, y) { return nil }
        shown = (x, y)
        return .sample(MotionSample(kind: .move, x: x, y: y, buttons: 0, page: page))
    }

    private mutating func sample(_ kind: PointerKind, buttons: UInt16 = 0) -> MotionStep {
        let x = Int(point.x.rounded())
        let y = Int(point.y.rounded())
        shown = (x, y)
        return .sample(MotionSample(kind: kind, x: x, y: y, buttons: buttons, page: page))
    }
}
