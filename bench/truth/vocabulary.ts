// The trades that the made-up worlds play in: tools, arguments, prompts and criteria; shares no word list with the program that is judged.

export type Slot =
  | { name: string; is: 'number'; low: number; high: number }
  | { name: string; is: 'word'; words: string[] }
  | { name: string; is: 'id'; prefix: string }
  | { name: string; is: 'text' };
export type NumberSlot = Extract<Slot, { is: 'number' }>;
export type WordSlot = Extract<Slot, { is: 'word' }>;

export interface Tool {
  name: string;
  args: Slot[];
  /** Fields of its answer. */
  gives: Slot[];
}

export interface Trade {
  name: string;
  things: string[];
  prompts: string[];
  criteria: string[];
  tools: Tool[];
}

// One tool a line: name, arguments, "->", fields of the answer. low..high is a number, a|b a word, #P an id, ~ free text.
const TRADES = `
observatory: comet, quasar, nebula, pulsar, asteroid, binary star
? Get a clean plate of the {thing} in sector {n} before moonrise
? The night log lacks frame {n}; redo the {thing} exposure and file it
? Point the big tube at {thing} {n} and report what the seeing does to it
! sharp_stars on_schedule log_complete
rotate_dome azimuth=10..350 rate=1..9 gait=slow|steady|swift -> lag_s=0..40 target=#DM
open_shutter slit=10..95 panel=east|west|both night=#NT -> wind_kmh=2..70
expose_plate seconds=20..900 gain=1..40 filter=amber|teal|clear|violet frame=#FR -> counts=500..64000 drift=1..90
read_seeing mast=#MA span=2..60 -> arcsec=1..30 cloud_pct=0..100
park_scope cradle=zenith|rail|hook run=#RU -> settled_s=3..60
fetch_catalogue sector=#SC limit=5..80 -> rows=1..80
calibrate_flat lamps=1..6 level=100..900 set=#FL -> spread=1..50
log_frame frame=#FR remark=~ -> page=1..400

parcels: hatbox, crate, tube, pallet, hamper, satchel
? Customer {n} moved house; get the {thing} to the new address by Friday
? Send {thing} {n} the cheapest way that still arrives this week
? The {thing} under docket {n} is stuck, sort it out
! arrives_in_time postage_right recipient_told
weigh_parcel docket=#PK scale=dock|bench|belt -> grams=200..9000
print_label docket=#PK dpi=100..600 stock=matte|gloss|thermal -> length_mm=60..200
route_parcel docket=#PK hops=1..7 lane=air|rail|road|canal -> hours=4..120
hold_at_depot docket=#PK days=1..20 bay=#BY -> fee_cents=0..900
quote_postage docket=#PK insured=10..800 band=blue|green|grey -> cents=150..9900
scan_barcode docket=#PK passes=1..5 -> quality=20..100
seal_crate docket=#PK straps=1..8 tape=cloth|paper|wire -> tension=10..90
notify_recipient docket=#PK note=~ -> queue=1..60

bakery: rye loaf, seed roll, brioche, flatbread, plum tart, pretzel
? Forty portions of {thing} for booking {n}, ready at six
? Booking {n} complained that the {thing} was pale last time, do better
? Work out what {thing} batch {n} needs and get it baked
! crust_right on_budget boxed_in_time
mix_dough batch=#BT minutes=3..25 paddle=hook|whisk|spiral -> warmth=18..32
proof_dough batch=#BT hours=1..18 cellar=low|mid|high -> rise_pct=20..220
fire_oven deck=#OV heat=160..290 steam=none|burst|long -> ready_min=5..40
glaze_tray tray=#TR grams=20..300 wash=egg|milk|malt -> shine=1..100
check_pantry shelf=#SH depth=1..12 -> flour_kg=1..90 yeast_g=5..700
price_order booking=#BK markup=5..60 -> cents=900..20000
box_order booking=#BK layers=1..5 liner=wax|straw|felt -> weight=400..8000
chalk_board slot=#CB words=~ -> chars=5..90

greenhouse: cucumbers, orchids, seedlings, basil, peppers, figs
? House {n}: the {thing} are drooping, bring them back
? Set up bay {n} for {thing} through the cold week
? Find out why the {thing} in bed {n} stopped growing
! leaves_recover water_saved diary_kept
vent_roof bay=#GB angle=5..80 side=lee|wind|both -> draft=1..60
mist_bed bay=#GB litres=5..400 nozzle=fan|cone|fog -> damp_pct=10..100
probe_soil bay=#GB depth_cm=5..60 -> acidity=30..90 salt=1..80
dose_feed bay=#GB millilitres=10..500 mix=bloom|root|leaf -> uptake=1..100
shade_cloth bay=#GB cover=10..95 knit=open|dense|foil -> lux=100..9000
count_buds bay=#GB rows=1..30 -> buds=0..400
heat_pipe bay=#GB degrees=12..45 loop=north|south|ring -> watts=200..4000
write_diary bay=#GB entry=~ -> line=1..900

theatre: matinee, gala, recital, premiere, puppet show, revue
? Party {n} wants to swap their {thing} seats for the weekend
? Refund order {n}, the {thing} was cancelled
? Put together a block for school {n} at the {thing}
! seats_together paid_exactly polite_letter
seat_map hall=#HL tier=stalls|circle|gods zoom=1..9 -> free=0..300
hold_seats order=#OR places=1..30 minutes=5..90 -> row=1..40
swap_seats order=#OR row=1..40 mode=even|upgrade|any -> diff_cents=0..6000
charge_card order=#OR cents=500..30000 purse=card|voucher|gift -> risk=1..99
void_ticket order=#OR reason=illness|clash|weather -> slip=1..900
lookup_patron patron=#PA since=2..20 -> visits=0..60
mail_letter patron=#PA body=~ -> pages=1..4
escalate_desk order=#OR urgency=1..9 -> wait_min=1..90

railyard: tank wagon, flatcar, hopper, caboose, boxcar, railbus
? Make up train {n} with the {thing} at the tail
? Track {n} must be clear of every {thing} by noon
? The {thing} on siding {n} has a hot axle, deal with it
! no_damage timetable_kept papers_signed
throw_switch points=#SW force=10..90 lever=hand|motor|air -> gap_mm=0..12
couple_wagons rake=#RK speed=1..12 buffers=soft|hard|screw -> jolt=1..99
brake_test rake=#RK bar=2..9 cycles=1..6 -> leak=0..60
gauge_axle rake=#RK index=1..24 -> celsius=20..140
shunt_move rake=#RK metres=20..900 horn=short|long|none -> clear=5..95
book_slot train=#TN minute=1..59 -> queue=0..15
sign_papers train=#TN copies=1..6 ink=blue|black|stamp -> serial=100..999
radio_cab train=#TN message=~ -> echo=1..30

apiary: skep, nucleus, swarm, long hive, mating box, super
? Hive {n}: the {thing} looks restless, see to it
? Get {thing} {n} ready for the heather
? Honey from {thing} {n} tastes of smoke; find the cause
! queen_safe honey_clean notes_filed
puff_smoke hive=#HV puffs=1..20 fuel=hessian|pine|hay -> calm=1..100
lift_frame hive=#HV frame=1..12 grip=tongs|hands|rack -> brood_pct=0..95
feed_syrup hive=#HV ratio=10..90 jar=drip|tray|bag -> taken_ml=0..900
weigh_hive hive=#HV side=left|right|back -> kilos=8..70
treat_mites hive=#HV drops=2..50 acid=oxalic|formic|thymol -> fallen=0..300
mark_queen hive=#HV hue=red|white|lime year=20..29 -> found_min=1..60
spin_comb hive=#HV rpm=80..400 -> grams=100..9000
file_note hive=#HV note=~ -> leaf=1..200

printshop: leaflet, poster, almanac, ticket roll, atlas, songbook
? Reprint {thing} {n}, the reds came out brown
? Quote and run {n} copies of the {thing}
? Customer wants the {thing} of job {n} folded differently, arrange it
! colours_match waste_low invoice_sent
ink_press job=#JB density=20..180 tone=cyan|rust|key -> delta=1..40
load_stock job=#JB sheets=50..5000 grain=long|short|mixed -> curl=0..50
set_plate job=#JB tension=10..99 clamp=bar|pin|vac -> skew=0..30
run_proof job=#JB copies=1..9 -> contrast=10..99
fold_sheet job=#JB creases=1..6 style=gate|map|roll -> jams=0..5
trim_stack job=#JB blade=1..40 -> offcut=1..99
raise_invoice job=#JB cents=900..90000 terms=net|prompt|half -> number=100..9999
read_densitometer job=#JB patch=1..48 -> value=10..250

harbour: trawler, ferry, barge, tugboat, schooner, dredger
? Berth the {thing} of voyage {n} before the tide turns
? Voyage {n}: the {thing} wants water, fuel and a pilot
? Work out the dues for {thing} {n} and get them settled
! no_scrapes tide_made dues_settled
sound_channel mark=#CM pings=1..12 -> fathoms=2..40 silt=0..60
assign_berth voyage=#VY quay=iron|stone|fish metres=20..300 -> free_h=1..72
send_pilot voyage=#VY launch=#PL knots=2..18 -> eta_min=5..120
rig_fenders voyage=#VY count=2..30 kind=rope|foam|tyre -> cover=10..99
tow_line voyage=#VY strain=5..120 hawser=hemp|steel|nylon -> slack=0..40
tally_dues voyage=#VY tons=20..9000 -> shillings=5..9000
post_notice board=#NB text=~ -> readers=1..200
read_tide gauge=#TG span=1..24 -> centimetres=10..600

archive: ledger, map sheet, glass negative, charter, letter book, seal
? A reader asks for {thing} {n}; find it and prepare a copy
? Condition report on the {thing} in box {n}
? Somebody misfiled {thing} {n} in the move, track it down
! copy_legible object_unharmed register_right
search_register query=~ shelfmark=#AR limit=3..60 -> hits=0..60
fetch_box box=#BX trolley=flat|tall|cold -> minutes=2..50
set_lamp box=#BX lux=20..400 angle=raking|flat|back -> warmth=15..40
digitise_leaf leaf=#LF dpi=150..1200 cradle=vee|glass|foam -> megabytes=5..400
gauge_damp room=#RM hours=1..48 -> percent=20..80
mend_tear leaf=#LF paste=5..80 tissue=kozo|silk|gampi -> dry_min=10..300
stamp_register entry=#EN clerk=#CK -> folio=1..900
reshelve box=#BX tier=1..9 -> gap=1..60
`;

export const trades: readonly Trade[] = TRADES.trim().split('\n\n').map(parseTrade);

function parseTrade(block: string): Trade {
  const [head = '', ...lines] = block.split('\n');
  const [name = '', things = ''] = head.split(': ');
  const startingWith = (mark: string) => lines.filter((l) => l.startsWith(mark)).map((l) => l.slice(2));
  return {
    name,
    things: things.split(', '),
    prompts: startingWith('? '),
    criteria: startingWith('! ').flatMap((l) => l.split(' ')),
    tools: lines.filter((l) => !/^[?!]/.test(l)).map(parseTool),
  };
}

function parseTool(line: string): Tool {
  const [call = '', answer = ''] = line.split(' -> ');
  const [name = '', ...args] = call.split(' ');
  return { name, args: args.map(parseSlot), gives: answer.split(' ').map(parseSlot) };
}

function parseSlot(text: string): Slot {
  const [name = '', what = ''] = text.split('=');
  if (what === '~') return { name, is: 'text' };
  if (what.startsWith('#')) return { name, is: 'id', prefix: what.slice(1) };
  const [low, high] = what.split('..').map(Number);
  if (low !== undefined && high !== undefined) return { name, is: 'number', low, high };
  return { name, is: 'word', words: what.split('|') };
}

/** Sentences that nobody learns from: what the agent mutters between calls. */
export const mutters =
  `Let me look at this from the start.|Before going further I want to see where things stand.|That answer is plausible, going on.
Next the part that took longest the last time.|Fine so far.|One more thing to settle here.|I will note this and move along.|The numbers hang together.
Now the other half of the job.|There is a detail left that bothers me.|Good, that is in place.|I would rather be sure than quick here.
This should be enough to go on.|Taking the straightforward way.|Checking against what was asked.|Nothing surprising in that.`
    .split(/[|\n]/)
    .map((s) => s.trim());

/** Words for free text and muttering, so that no two sessions read alike. */
export const filler =
  `lantern gravel thimble orchard copper meadow saddle walnut ribbon anchor pebble cellar timber velvet harvest lattice marble
  compass feather quarry spindle barrel candle ferry gable heron inkwell juniper kettle linnet mallow nettle osier parsnip quill rafter sorrel
  tallow urn vetch willow yarrow zither bramble cobble dapple ember furrow glimmer hollow islet jackdaw kiln loam mortar nook oatmeal plover`.split(
    /\s+/,
  );

/** How a tool complains; {a} is an argument's name, {v} its value, {n} any number, {w} a word that nothing else in the world uses. */
export const complaints: readonly string[] = [
  'Error: {w} check failed: {a} {v} cannot be honoured',
  'Error {n}: {w} interlock is engaged',
  '{"error":{"code":"{W}_REFUSED","detail":"{a} was {v}","ref":{n}}}',
  'Traceback (most recent call last):\n  File "driver/{w}.py", line {n}, in step\n{C}Fault: {w} rejected {v}',
  'rejected by {w} guard: value {v} for {a} (case {n})',
  'Error: the {w} does not answer (attempt id {n})',
  'Could not complete: {w} mismatch near "{v}"',
  'fatal: {w} unavailable, ticket {n}',
  'HTTP 4{m} from {w} gateway: {a}={v}',
  'Error: {w} out of step with {a} ({v}), see bulletin {n}',
];

/** Words that make one complaint unlike another. */
export const oddWords =
  `turbine gasket mandrel sprocket bobbin flange tappet gimbal ratchet bellows crank dynamo plunger rotor stator throttle
  winch axle bearing camshaft damper ejector filament governor hopper impeller jigger knurl lathe magneto nacelle orifice piston quench
  rheostat solenoid trunnion union valve wimble yoke zener`.split(/\s+/);
