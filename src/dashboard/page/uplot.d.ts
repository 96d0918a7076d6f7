// The page loads uPlot from the file beside it, which the asset route takes from the package.
export { default } from 'uplot';
