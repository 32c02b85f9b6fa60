/** A drawing as strokes of points: x and y run from 0 to 1 over its width and height. */
/** How far a point may lie off the simplified line, as a share of the drawing's height. */
const TOLERANCE = 0.004;
/** Four decimals: on a pad of 1000 px they are a tenth of a pixel. */
export function rounded(value) {
    return Math.round(value * 10_000) / 10_000;
}
/** The drawing that a JSON text holds, undefined for an empty text; throws on anything else. */
export function parseDrawing(text) {
    if (text === "") {
        return undefined;
    }
    const read = JSON.parse(text);
    if (!isDrawing(read)) {
        throw new Error("a drawing is {aspect, strokes}, its points between 0 and 1");
    }
    return read;
}
function isDrawing(read) {
    if (typeof read !== "object" || read === null) {
        return false;
    }
    const { aspect, strokes } = read;
    return (typeof aspect === "number" && Number.isFinite(aspect) && aspect > 0 &&
        Array.isArray(strokes) && strokes.length > 0 &&
        strokes.every((stroke) => Array.isArray(stroke) && stroke.length > 0 && stroke.every(isPoint)));
}
function isPoint(read) {
    return (Array.isArray(read) && read.length === 2 &&
        read.every((share) => typeof share === "number" && share >= 0 && share <= 1));
}
/** The stroke with fewer points, none of the left-out ones further off than the tolerance. */
export function simplified(stroke, aspect) {
    const kept = new Set([0, stroke.length - 1]);
    const open = [[0, stroke.length - 1]];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
        const [first, last] = part;
        const { at, distance } = furthest(stroke, first, last, aspect);
        if (distance > TOLERANCE) {
            kept.add(at);
            open.push([first, at], [at, last]);
        }
    }
    const points = [...kept].sort((one, other) => one - other).map((at) => point(stroke, at));
    return points
        .map(([x, y]) => [rounded(x), rounded(y)])
        .filter(([x, y], at, all) => at === 0 || x !== all[at - 1]?.[0] || y !== all[at - 1]?.[1]);
}
function point(stroke, at) {
    const found = stroke[at];
    if (found === undefined) {
        throw new RangeError(`no point ${at} in a stroke of ${stroke.length}`);
    }
    return found;
}
/** The point between two others that lies furthest off the line through them. */
function furthest(stroke, first, last, aspect) {
    const [startX, startY] = point(stroke, first);
    const [endX, endY] = point(stroke, last);
    const along = [(endX - startX) * aspect, endY - startY];
    const length = Math.hypot(...along);
    let worst = { at: first, distance: 0 };
    for (let at = first + 1; at < last; at += 1) {
        const [x, y] = point(stroke, at);
        const off = [(x - startX) * aspect, y - startY];
        // How far along the segment the point lies; a stroke may turn back beyond its ends.
        const share = length === 0 ? 0 : (off[0] * along[0] + off[1] * along[1]) / length ** 2;
        const near = Math.min(1, Math.max(0, share));
        const distance = Math.hypot(off[0] - near * along[0], off[1] - near * along[1]);
        if (distance > worst.distance) {
            worst = { at, distance };
        }
    }
    return worst;
}
/** The stroke as the `d` of an SVG path in a box of this size; one point alone is a dot. */
export function pathOf(stroke, width, height) {
    const places = stroke.map(([x, y]) => `${rounded(x * width)} ${rounded(y * height)}`);
    return places.length === 1 ? `M${places[0]}h0` : `M${places.join("L")}`;
}
