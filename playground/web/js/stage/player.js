// The time machine: which run is on, which moment of it, and whether it moves (state.js). It knows no page.
import { EPOCH, Recording, STEP } from "./recording.js";
import { begin, isMoving, nameOf, next } from "./state.js";
import { STOPS, firstSolved } from "./stops.js";

/** @import { Answer, Header, Line, Message, Opening, Page, Question, Wish } from "./types.d.ts" */
/** @import { Event } from "./state.js" */
/** @typedef {{key: string, name: string, epochs?: number, batches?: number}} Speed so many of them in a second */
/**
 * How the pictures are drawn, on whatever page: the loss axis, the boundary alone, the test points; the neuron that is
 * shown large, such as "2.1", and what the panel of the score shows, if not the usual.
 * @typedef {{scale: "" | "linear" | "log", discretize: boolean, testPoints: boolean, neuron: string, panel: string}} Look
 */

/** @type {Speed[]} */
export const SPEEDS = [
  { key: "slow", name: "Slow motion", batches: 6 },
  { key: "15", name: "15 epochs/s", epochs: 15 },
  { key: "60", name: "60 epochs/s", epochs: 60 },
  { key: "240", name: "240 epochs/s", epochs: 240 },
  { key: "full", name: "Full speed", epochs: Infinity },
];
export const USUAL_SPEED = SPEEDS[2];
const speedOf = (/** @type {string} */ said) => SPEEDS.find(({ key }) => key === said);
const JUDGE_MS = 1000; // while it plays, no oftener than this is asked what Health says
const PATIENCE_MS = 6000; // after this long without an answer the connection counts as lost
const RETRY_MS = 3000; // a wish may have been lost on the way: after this long it is told again
const AGAIN_MS = 1000; // and a question that has failed is put again
const LONGEST_MS = 10_000; // one whose answer takes longer is given up and put again
const SETTLE_MS = 150; // a moment that stands this long is told to the server
const KEEP_RUNS = 5;
const MOST_EPOCHS = 10_000; // in one question; the server gives what it can train in a quarter of a second

export class Player {
  /**
   * @param {{calm?: boolean, clock?: {now: () => number}}} options calm: the first run does not begin to play by itself
   */
  constructor({ calm = false, clock = performance } = {}) {
    this.clock = clock; // in milliseconds
    this.status = begin(!calm);
    /** @type {Map<string, Recording>} */
    this.runs = new Map();
    /** @type {Recording | null} */
    this.run = null;
    this.step = 0;
    this.epoch = 0; // where the playhead is between two rows
    this.goal = Infinity; // the epoch at which playing stops by itself
    this.stop = STOPS[0]; // and what else ends it
    /** @type {number | null} */
    this.until = null; // the epoch at which a link wants playing to stop
    this.speed = USUAL_SPEED;
    /** @type {Speed | null} */
    this.chosenSpeed = null; // by the user or by a link: it stays for as long as the tab
    /** @type {Look} */
    this.look = { scale: "", discretize: false, testPoints: true, neuron: "", panel: "" };
    /** @type {{at: number[], data: string} | null} */
    this.ring = null; // where the training point lies that is ringed in every picture, and of which data; "" for any
    this.opened = 0; // the number of the link that was followed last
    /** @type {Opening | null} */
    this.opening = null; // of one whose run has not come yet
    this.fraction = 0; // of the next mini-batch, in slow motion
    this.byEpoch = false;
    /** @type {number | null} */
    this.pendingStep = null; // a single step that is on its way
    /** @type {Set<"play" | "drag">} */
    this.deeds = new Set(); // what the user has done
    /** @type {Set<string | null>} */
    this.played = new Set(); // the runs that have been seen beyond their start
    this.wantsAnswers = false; // whether a panel is open that shows how right the network is
    this.placedAt = -Infinity; // when the moment was last set by hand
    /** @type {Line | null} */
    this.line = null; // the ways to the server
    /** @type {Page | null} */
    this.page = null; // what the page has told last
    /** @type {Partial<Question> | null} */
    this.question = null; // what has been asked and not been answered
    this.putAt = 0; // when it was put
    this.failed = false; // and whether that came to nothing
    this.hangUp = new AbortController();
    /** @type {Partial<Wish> | null} */
    this.wish = null; // what has been wished and not been heard
    /** @type {Partial<Wish>[]} */
    this.queue = []; // actions that wait until those before them were heard
    this.goesBack = false; // Undo was heard, and the run that it leads to has not come yet
    this.serial = 0;
    this.wishedAt = 0; // when it was wished,
    this.saidAt = 0; // and when it was told last
    this.waitingSince = 0; // for an answer to either
    this.judged = ""; // the moment for which the verdict was asked last
    this.judgedAt = -Infinity; // and when
    this.told = -1; // the moment the page knows,
    this.toldLast = -1; // and the last step of which it knows that it is here
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Set<() => void>} */
    this.watchers = new Set(); // told when there is something new to draw
    this.isChanged = true;
  }

  get changed() {
    return this.isChanged;
  }

  set changed(value) {
    this.isChanged = value;
    if (value) for (const watcher of this.watchers) watcher();
  }

  get state() {
    return nameOf(this.status);
  }

  get moving() {
    return isMoving(this.status);
  }

  get scrubbing() {
    return this.status.mode === "scrubbing";
  }

  get asked() {
    return this.status.line !== "idle"; // or wished
  }

  get row() {
    return this.run?.rows.length ? this.run.at(this.step) : null;
  }

  get broken() {
    return this.run !== null && this.run.header.diverged !== null && this.step >= this.run.last;
  }

  // At the last moment of a run that goes no further.
  get atEnd() {
    return this.run !== null && this.run.ended && this.step >= this.run.last;
  }

  get atGoal() {
    return this.epoch >= this.goal;
  }

  // The step at which the run is as good as was asked for, for the first time; null where it is not, or not yet.
  get solvedAt() {
    return (this.run && firstSolved(this.run, this.stop)?.[STEP]) ?? null;
  }

  /** @param {Event["type"]} type */
  happen(type, begins = false, urged = false) {
    this.status = next(this.status, /** @type {Event} */ ({ type, begins, urged, broken: this.broken }));
  }

  // ---- what arrives from the server --------------------------------------------------------------------------
  // What the page tells, whenever it is drawn.
  /** @param {Message} message */
  receive({ header, floats }) {
    const { page } = header;
    // A page that was drawn for another reason, or by a server started anew, may not have heard of it.
    if (page.serial === this.serial) {
      this.goesBack ||= this.wish?.action === "undo";
      this.wish = null;
      this.happen("heard");
      const next = this.queue.shift();
      if (next) queueMicrotask(() => this.tell(next)); // once the page that is being told has been taken in
    }
    this.page = page;
    this.open(page.opening);
    // One that shows a run for the first time knows nothing but what it says.
    if (header.run) [this.told, this.toldLast] = [page.moment, -1];
    const run = header.run ? this.fill(header.run, floats) : this.runs.get(page.run);
    this.answered();
    if (run) this.arrive(run);
    if (page.run === this.run?.header.run) this.goesBack = false; // there may have been nothing to take back
  }

  // A link says once how it is played: from then on the user does.
  /** @param {Opening} opening */
  open(opening) {
    if (opening.number === this.opened) return;
    this.opened = opening.number;
    this.opening = opening;
    this.setStop(STOPS.find(({ key }) => key === opening.goal) ?? STOPS[0]);
    this.chosenSpeed = speedOf(opening.speed) ?? this.chosenSpeed;
    this.speed = this.chosenSpeed ?? speedOf(opening.usual_speed) ?? USUAL_SPEED;
    const scale = /** @type {Look["scale"]} */ (opening.scale);
    const { discretize, test_points: testPoints, neuron, panel } = opening;
    this.look = { scale, discretize, testPoints, neuron, panel };
    this.ring = opening.ring && { at: opening.ring, data: "" };
  }

  // Where on the plane the ringed training point lies; null for none.
  get ringed() {
    const { ring, run } = this;
    return ring && run?.header.data.name === ring.data ? ring.at : null;
  }

  set ringed(at) {
    this.ring = at && this.run && { at, data: this.run.header.data.name };
    this.changed = true;
  }

  /** @param {Answer} answer */
  take({ header, floats }) {
    this.question = null;
    this.answered();
    const before = this.runs.get(header.run.run)?.version;
    const run = this.fill(header.run, floats);
    // Steps that were fetched in good time, between the rows, are nothing to draw.
    if (run) this.arrive(run, run.version !== before || header.run.answers !== undefined);
  }

  // Put rows where they belong; null if there is a gap before them: what is missing will be asked for as anything is.
  fill(/** @type {Answer["header"]["run"]} */ header, /** @type {Float32Array | Float64Array} */ floats) {
    const run = this.runs.get(header.run) ?? this.remember(/** @type {Header} */ (header));
    run.hear(header.verdicts);
    return run.take(header, floats) ? run : null;
  }

  /** @param {Recording} run */
  arrive(run, isNews = true) {
    const { page } = this;
    // A run that is on screen already can be opened once more, to be played anew.
    if (page && run.header.run === page.run && (run !== this.run || this.opening?.play)) this.follow(run, page);
    this.takePendingStep();
    this.happen("moved");
    if (isNews) this.changed = true;
    if (!this.moving && !(this.isTold && this.isJudged)) this.settle();
  }

  /** @param {Header} header */
  remember(header) {
    const run = new Recording(header);
    const parent = header.parent === null ? undefined : this.runs.get(header.parent);
    if (parent && header.fork <= Math.max(parent.last, this.step)) run.startFrom(parent, header.fork);
    this.runs.set(header.run, run);
    const wanted = [header.run, this.run?.header.run, ...(this.page?.branches ?? []).map((branch) => branch.run)];
    for (const name of this.runs.keys()) {
      if (this.runs.size <= KEEP_RUNS) break;
      if (!wanted.includes(name)) this.runs.delete(name);
    }
    return run;
  }

  /** @param {Recording} run @param {Page} page */
  follow(run, page) {
    const { header } = run;
    const moment = this.goesBack ? Math.max(page.moment, run.leftAt) : page.moment;
    const plays = this.moving || this.atGoal || this.atEnd; // or has come to its end before the page could be drawn
    const elsewhere = this.step > moment || (this.moving && this.step < moment);
    if (this.run && this.run.header.run === page.instead_of && plays && elsewhere) {
      // The change was made while the picture was further on than the server knew, or was played once more: let it
      // count from here, and wait here for what follows.
      this.runs.delete(header.run);
      this.happen("hold");
      return this.tell({ run: header.run, refork: this.step });
    }
    this.forgetQuestion();
    const { goesBack } = this;
    this.goesBack = false;
    if (this.run) this.run.leftAt = this.moving ? this.step : -1;
    const first = this.run === null;
    const changed = !first && this.run?.header.run === page.instead_of; // or another was gone to
    const goesOn = changed ? plays : this.moving;
    const kin = this.run?.header.family === header.family;
    this.run = run;
    this.told = page.moment;
    this.toldLast = run.last;
    this.judgedAt = this.clock.now(); // its first answers tell what Health says of the first epochs
    this.place(run.has(moment) ? moment : run.rows[run.indexAt(moment)][STEP]);
    const start = kin ? this.epoch : 0;
    run.fillTo ??= Math.floor(start + header.goal);
    if (this.ring?.data === "") this.ring.data = run.header.data.name;
    const { play = null, until = null } = this.opening ?? {};
    this.opening = null;
    this.until = until;
    const stays = kin && (!changed || this.goal === Infinity);
    const usual = stays ? this.goal : Math.ceil(start) + (this.stop.epochs ?? header.goal);
    this.goal = until ?? usual;
    // A run that is opened at a later moment, by a link or a file, stands there, if the link does not say. Undo, and what
    // is of the same family, goes on playing if anything did. What is changed at the start of a run that has been played
    // is played as well: it is there to be compared.
    const begins = play ?? (moment === 0 ? !first || !this.follows : (kin || goesBack) && goesOn);
    this.happen("opened", begins, moment === 0 && changed && this.played.has(page.instead_of));
    if (!this.moving && this.step !== moment) this.goTo(moment); // a step inside an epoch that is not here yet
    return undefined;
  }

  // The runs that stay beside this one, as far as they are held here, each with its name and its colour.
  get branches() {
    const held = (this.page?.branches ?? []).map((branch) => ({ ...branch, recording: this.runs.get(branch.run) }));
    return held.filter(({ run, recording }) => recording && run !== this.run?.header.run);
  }

  // The run on screen among them; undefined where it is alone.
  get branch() {
    const { branches = [] } = this.page ?? {};
    return branches.length > 1 ? branches.find(({ run }) => run === this.run?.header.run) : undefined;
  }

  // ---- what the user does ------------------------------------------------------------------------------------
  // At its end a run is played again from the start.
  play() {
    if (!this.run) return;
    if (this.atGoal || this.atEnd) this.place(0);
    this.deeds.add("play");
    this.happen("play");
    this.changed = true;
  }

  // Whether there is anything beyond the end to which it plays.
  get canTrainOn() {
    return this.run !== null && this.atGoal && !this.atEnd;
  }

  // Play beyond the end, as many epochs as a run plays by itself.
  trainOn() {
    if (!this.run || !this.canTrainOn) return;
    [this.goal, this.until] = [Math.ceil(this.epoch) + this.run.header.goal, null];
    this.happen("play");
    this.changed = true;
  }

  pause() {
    this.halt();
    this.settle();
  }

  toggle() {
    if (this.moving) this.pause();
    else this.play();
  }

  halt() {
    this.happen("halt");
  }

  // One mini-batch or one epoch forwards or back; what is not here yet is asked for and shown when it comes.
  stepBy(/** @type {1 | -1} */ direction, whole = this.byEpoch) {
    const { run } = this;
    if (!run) return;
    this.halt();
    if (!whole) return this.goTo(this.step + direction);
    const k = run.indexAt(this.step);
    const between = run.rows[k][STEP] < this.step;
    const to = direction > 0 ? k + 1 : between ? k : k - 1;
    if (to < run.rows.length) return this.place(run.rows[Math.max(0, to)][STEP]);
    return this.goTo(run.last + run.header.steps_per_epoch);
  }

  goTo(/** @type {number} */ step) {
    const { run } = this;
    if (!run) return;
    const wanted = Math.max(0, step);
    if (run.has(wanted)) return this.place(wanted);
    if (wanted > run.last && run.ended) return this.place(run.last);
    this.pendingStep = wanted;
    const per = run.header.steps_per_epoch;
    const near = [Math.max(0, wanted - per), wanted + per];
    this.ask({ single: near, want: wanted > run.last ? 1 : 0 }, true);
    return undefined;
  }

  takePendingStep() {
    const { run, pendingStep } = this;
    if (!run || pendingStep === null) return;
    if (run.has(pendingStep)) this.place(pendingStep);
    else if (run.header.reached < run.last)
      return this.goTo(pendingStep); // a server started anew catches up
    else if (!run.ended) return;
    this.pendingStep = null;
  }

  reset() {
    this.halt();
    this.place(0);
    this.tell({ action: "reset" });
  }

  // Begin again with the settings of the run on screen, and play.
  anew() {
    this.reset();
    this.happen("urge");
  }

  // The recorded moment nearest to an epoch.
  scrubTo(/** @type {number} */ epoch) {
    if (!this.run) return;
    const { rows } = this.run;
    const k = this.run.indexAt(epoch, EPOCH);
    const after = rows[Math.min(k + 1, rows.length - 1)];
    this.place(epoch - rows[k][EPOCH] > after[EPOCH] - epoch ? after[STEP] : rows[k][STEP]);
  }

  beginScrub() {
    if (!this.run) return;
    this.deeds.add("drag");
    this.happen("grab");
  }

  endScrub() {
    this.happen("drop");
    this.settle();
  }

  setSpeed(/** @type {Speed} */ speed) {
    this.chosenSpeed = this.speed = speed;
    this.changed = true;
  }

  setStop(/** @type {import("./stops.js").Stop} */ stop) {
    this.stop = stop;
    this.until = null; // what a link has said counts no more
    this.goal = stop.epochs ?? this.run?.header.goal ?? Infinity;
    this.changed = true;
  }

  place(/** @type {number} */ step) {
    this.step = step;
    this.see();
    this.epoch = this.row?.[EPOCH] ?? 0;
    this.happen("moved");
    this.changed = true;
    this.settle();
  }

  see() {
    if (this.run && this.step > 0) this.played.add(this.run.header.run);
  }

  // ---- time --------------------------------------------------------------------------------------------------
  // Called once for each painted frame with the seconds since the last one.
  tick(/** @type {number} */ seconds) {
    this.listen();
    const { run } = this;
    if (this.page && !this.wish && this.page.run !== run?.header.run) this.ask({ run: this.page.run, have: -1 });
    if (!run?.rows.length || this.status.mode === "holding") return;
    if (!this.moving) return this.fillAhead(run);
    const dt = Math.min(seconds, 0.1);
    const before = this.step;
    if (this.speed.batches) this.tickBatches(run, this.speed.batches, dt);
    else this.tickEpochs(run, this.speed.epochs ?? Infinity, dt);
    if (this.step !== before) this.changed = true;
    this.see();
    if (this.verdictDue !== null) this.ask({});
    const solved = this.solvedAt;
    const isSolved = solved !== null && before < solved && solved <= this.step;
    if (isSolved) [this.step, this.epoch] = [solved, run.at(solved)[EPOCH]];
    if (this.atGoal || this.atEnd || isSolved) {
      this.happen("end");
      this.changed = true;
      this.settle();
    }
    return undefined;
  }

  // What was said may have been lost on its way, and a server may be gone.
  listen() {
    if (!this.asked) return;
    const now = this.clock.now();
    if (now - this.waitingSince > PATIENCE_MS) this.happen("silence");
    if (this.question && now - this.putAt > (this.failed ? AGAIN_MS : LONGEST_MS)) this.put();
    if (this.wish && now - this.saidAt > RETRY_MS) this.sayAgain();
  }

  // The first answer holds little, so that the picture comes soon. What the run would play by itself is fetched in
  // any case: a timeline that stands can be dragged that far.
  fillAhead(/** @type {Recording} */ run) {
    if (!this.filled) this.ask({ want: Math.ceil((run.fillTo ?? 0) - run.lastEpoch) });
  }

  get filled() {
    return this.run !== null && (this.run.ended || this.run.lastEpoch >= (this.run.fillTo ?? 0));
  }

  tickEpochs(/** @type {Recording} */ run, /** @type {number} */ perSecond, /** @type {number} */ dt) {
    const ahead = run.lastEpoch - this.epoch;
    const full = perSecond === Infinity;
    // A server that is late slows the run down before it stops it: the picture moves on while it waits.
    const late = !full && run.lastEpoch < this.goal && !run.ended;
    const most = full ? Math.max(60, ahead / 0.4) : perSecond;
    const rate = late ? Math.min(most, Math.max(15, ahead / 0.5)) : most;
    this.epoch = Math.min(this.epoch + rate * dt, run.lastEpoch, this.goal);
    this.step = Math.max(this.step, run.rows[run.indexAt(this.epoch, EPOCH)][STEP]);
    this.happen(this.epoch >= run.lastEpoch && !this.atGoal ? "starve" : "feed");
    const want = full ? MOST_EPOCHS : Math.ceil(2 * most);
    if (ahead < want / 2 && run.lastEpoch < this.goal && !run.ended) {
      this.ask({ want: Math.ceil(Math.min(want, this.goal - run.lastEpoch)) });
    }
  }

  tickBatches(/** @type {Recording} */ run, /** @type {number} */ perSecond, /** @type {number} */ dt) {
    this.fraction += perSecond * dt;
    if (this.fraction < 1) return;
    const here = run.has(this.step + 1);
    this.happen(here ? "feed" : "starve");
    if (here) {
      this.fraction = 0;
      this.step += 1;
      this.epoch = run.at(this.step)[EPOCH];
    }
    const soon = this.step + 2 * perSecond;
    const ahead = Array.from({ length: soon - this.step }, (_, k) => this.step + 1 + k);
    if (ahead.every((step) => run.has(step) || (run.ended && step > run.last))) return;
    this.ask({ single: [this.step, soon + run.header.steps_per_epoch], want: soon > run.last ? 2 : 0 });
  }

  // ---- the server --------------------------------------------------------------------------------------------
  connect(/** @type {Line} */ line) {
    this.line = line;
  }

  awaitAnswer() {
    if (!this.asked) this.waitingSince = this.clock.now();
    this.happen("ask");
  }

  answered() {
    if (!this.question && !this.wish) this.happen("answer");
  }

  // One question at a time; what the user waits for takes the place of what was to be there in good time.
  ask(/** @type {Partial<Question>} */ question, urgent = false) {
    if (!this.line || (this.question && !urgent)) return;
    this.question = question;
    this.put();
  }

  put() {
    const { run } = this;
    this.hangUp.abort();
    const { signal } = (this.hangUp = new AbortController());
    this.putAt = this.clock.now();
    this.failed = false;
    this.awaitAnswer();
    const known = { run: run?.header.run ?? "", have: run?.last ?? -1, ...this.question };
    const verdict = this.moving ? this.verdictDue : this.step;
    if (verdict !== null) [this.judged, this.judgedAt] = [this.moment, this.putAt];
    const look = verdict !== null && { [this.moving ? "passing" : "verdict"]: verdict };
    const here = { ...(this.wantsAnswers && { answers: this.step }), ...look };
    const whole = { ...known, ...here };
    this.line?.ask(whole, signal).then(
      (answer) => signal.aborted || (answer ? this.take(answer) : this.fail(true)),
      () => signal.aborted || this.fail(),
    );
  }

  // It is put again after a while. A server that does not know the run is made to know it by drawing the page.
  fail(unknown = false) {
    this.failed = true;
    if (unknown && !this.wish) this.tell();
  }

  forgetQuestion() {
    this.hangUp.abort();
    this.question = null;
    this.answered();
  }

  // Tell the page where the moment stands, and what is wished for. A later wish takes the place of an earlier one.
  tell(/** @type {Partial<Wish>} */ wish = {}) {
    if (!this.line) return;
    if (!this.line.tell) return void (Object.keys(wish).length && this.queue.push(wish)); // Streamlit is not here yet
    if (wish.action && this.wish?.action) return void this.queue.push(wish); // each press counts: one after the other
    this.awaitAnswer();
    this.serial += 1;
    this.wish = { ...wish };
    this.wishedAt = this.clock.now();
    this.say();
  }

  // It may arrive twice: by its number the session knows that it has been fulfilled.
  sayAgain() {
    this.say({ waited: Math.round(this.clock.now() - this.wishedAt) });
  }

  say(/** @type {Partial<Wish>} */ more = {}) {
    const { run, step, serial } = this;
    this.saidAt = this.clock.now();
    this.told = step;
    this.toldLast = run?.last ?? -1;
    this.line?.tell?.({
      serial,
      run: run?.header.run ?? null,
      moment: step,
      have: this.toldLast,
      ...this.wish,
      ...more,
    });
  }

  // Whether something has been wished for, or what has come of it is not here yet.
  get awaitsRun() {
    return Boolean(this.wish || this.queue.length || (this.page && this.page.run !== this.run?.header.run));
  }

  // Whether the page knows the moment and, where it wants to, that all is here.
  get isTold() {
    return this.told === this.step && !(this.page?.whole && this.filled && this.toldLast !== this.run?.last);
  }

  get moment() {
    return `${this.run?.header.run} ${this.step}`;
  }

  // Whether it is known, or has been asked, what Health says of the moment.
  get isJudged() {
    return this.judged === this.moment || Boolean(this.run?.verdicts.has(this.step));
  }

  // The recorded moment of which Health is to be asked while it plays; null where what is known will do. A step between
  // two rows would have to be trained again first.
  get verdictDue() {
    const { run, step } = this;
    if (!run?.rows.length || this.clock.now() - this.judgedAt < JUDGE_MS || !run.isToBeJudged(step)) return null;
    return run.rows[run.indexAt(step)][STEP];
  }

  get follows() {
    return this.page?.parts === "timeline";
  }

  // Tell the page the moment once it has stood for a little while, and fetch the steps around it that are not here.
  // Where the page follows the moment, a single step is told at once, and only those that follow closely wait.
  settle() {
    const now = this.clock.now();
    const wait = this.follows && now - this.placedAt > SETTLE_MS ? 0 : SETTLE_MS;
    this.placedAt = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stand(), wait);
  }

  stand() {
    const { run, step } = this;
    if (this.moving || this.scrubbing || !run || this.told === this.pendingStep) return;
    if (!this.isTold) this.tellMoment(run, step);
    if (!this.isJudged) this.ask({});
  }

  tellMoment(/** @type {Recording} */ run, /** @type {number} */ step) {
    const within = (/** @type {number} */ reach) => [Math.max(0, step - reach), step + reach];
    const per = run.header.steps_per_epoch;
    const held = within(Math.ceil(per / 2)).every((one) => run.has(Math.min(one, run.last)));
    const behind = run.header.reached < step; // a server that was started anew: first it catches up
    if (!held || behind) this.ask({ single: within(per) }, this.pendingStep === null);
    if (!behind && !this.wish) this.tell();
  }

  // A page that follows the moment has just been opened, and was drawn for the moment that was told last: while it
  // plays, that may be long ago.
  enter() {
    if (this.follows && this.moving && !this.isTold) this.tell();
  }
}
