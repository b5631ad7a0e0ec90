// Everything of d3 that the drawings use: the one file that the package holds bundled, since d3 is of ES modules only.
export { scaleBand, scaleLinear, scaleLog } from "d3-scale";
export { line } from "d3-shape";
