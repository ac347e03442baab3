/** Scorers that others published, exact to their code, so that a figure can be held against theirs. */
export { type Affiliation, affiliation } from './affiliation.ts';
export {
  BATTLEDIM,
  type CompetitionLeak,
  type CompetitionScore,
  type PipeOfNetwork,
  pipeDistances,
  type Report,
  type ReportScore,
  scoreBattledim,
} from './battledim.ts';
export { NAB_PROFILES, type NabProfile, type NabWindow, nabRaw, nabScore, nabSigmoid } from './nab.ts';
export {
  batadalScore,
  type Confusion,
  confusion,
  type LeakdbScore,
  leakdbEarly,
  leakdbScore,
  rates,
  stretches,
} from './samples.ts';
export { eventwise, rangeAucPr, spreadLabels, vusPr } from './volume.ts';
