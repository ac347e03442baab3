/** The door of the weather: how it is written, and the series that a plant owns. */
export { RECORDED, type Recorded, type RecordedReport, readRecorded, recordedAt } from './recorded.ts';
export { compileWeather, saturation_Pa, type WeatherModel, WeatherSeries } from './series.ts';
export { type RecordedFile, type WeatherSpec, weatherSchema } from './spec.ts';
