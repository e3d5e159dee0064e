extension DisruptionPage {
  /// The page's style sheet: light or dark as the reader likes it, from the width of a phone on.
  static let style = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1b1f24; --quiet: #59636e; --line: #d1d9e0; --soft: #f4f6f8;
      --stays: #c3ccd5; --unavoidable: #2f6fde; --collateral: #e07b00; --lost: #c9252d; --restored: #1a7f37;
      --otherwise: #8250df; --moved: #0f8a8a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0f1318; --ink: #e6edf3; --quiet: #9aa6b2; --line: #323a43; --soft: #191f26;
        --stays: #46515d; --unavoidable: #5b9bff; --collateral: #ffa53d; --lost: #ff6b6b; --restored: #4cc26a;
        --otherwise: #b58cff; --moved: #3fc1c1;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 920px; margin: 0 auto; padding: 24px 16px 48px; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 12px; }
    h2 { font-size: 1.1rem; margin: 0 0 12px; }
    h3 { font-size: .9rem; font-weight: 600; margin: 14px 0 4px; overflow-wrap: anywhere; }
    p { margin: 8px 0; color: var(--quiet); }
    ul { margin: 8px 0; padding-left: 20px; }
    li { margin: 4px 0; }
    code, pre { font-family: ui-monospace, monospace; font-size: .85rem; }
    pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px;
      margin: 0 0 16px; overflow-x: auto; }
    section { border-top: 1px solid var(--line); padding-top: 20px; margin-top: 28px; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--ink); font-family: system-ui, sans-serif; paint-order: stroke; stroke: var(--page);
      stroke-width: 3px; stroke-linejoin: round; }
    svg text.quiet { fill: var(--quiet); }
    svg.narrow { display: none; }
    .kicker { font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; margin: 0 0 4px; }
    .tiles { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px;
      grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); }
    .tile { background: var(--soft); border: 1px solid var(--line); border-left: 4px solid var(--quiet);
      border-radius: 6px; padding: 8px 12px; margin: 0; display: grid; }
    .tile b { font-size: 1.4rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
    .tile small { color: var(--quiet); }
    .tile.unavoidable { border-left-color: var(--unavoidable); }
    .tile.collateral { border-left-color: var(--collateral); }
    .tile.lost { border-left-color: var(--lost); }
    .tile.restored { border-left-color: var(--restored); }
    .tile.otherwise { border-left-color: var(--otherwise); }
    .tile.stays { border-left-color: var(--stays); }
    path.stays, i.stays { fill: var(--stays); background: var(--stays); }
    path.unavoidable, i.unavoidable { fill: var(--unavoidable); background: var(--unavoidable); }
    path.collateral, i.collateral { fill: var(--collateral); background: var(--collateral); }
    path.lost, i.lost { fill: var(--lost); background: var(--lost); }
    path.restored, i.restored { fill: var(--restored); background: var(--restored); }
    path.otherwise, i.otherwise { fill: var(--otherwise); background: var(--otherwise); }
    i.moved { background: var(--moved); }
    svg.wide path, svg.narrow path { opacity: .75; }
    svg.wide path.stays, svg.narrow path.stays { opacity: .5; }
    .node { fill: var(--quiet); }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: .85rem; }
    .legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px;
      vertical-align: -1px; }
    .share { display: grid; grid-template-columns: 3.5em minmax(0, 1fr) minmax(15em, auto); gap: 10px;
      align-items: center; font-size: .85rem; color: var(--quiet); }
    .bar { position: relative; display: flex; height: 12px; background: var(--soft); border-radius: 3px;
      overflow: hidden; }
    .bar i { display: block; flex: none; }
    .schemes { display: grid; grid-template-columns: 8.5em minmax(0, 1fr) minmax(17em, auto); gap: 6px 12px;
      align-items: center; font-size: .85rem; }
    .schemes .bar { height: 16px; }
    .bar i.bound { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--ink); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 4px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; }
    .name { text-align: left; font-weight: 400; white-space: nowrap; }
    td.same { color: var(--quiet); }
    td.unavoidable { background: color-mix(in srgb, var(--unavoidable) calc(var(--strength) * .45), transparent); }
    td.collateral { background: color-mix(in srgb, var(--collateral) calc(var(--strength) * .45), transparent); }
    td.lost { background: color-mix(in srgb, var(--lost) calc(var(--strength) * .45), transparent); }
    svg.buckets { border: 1px solid var(--line); border-radius: 4px; max-width: 100%; }
    .m0 { fill: #4e79a7; background: #4e79a7; } .m1 { fill: #f28e2b; background: #f28e2b; }
    .m2 { fill: #59a14f; background: #59a14f; } .m3 { fill: #b07aa1; background: #b07aa1; }
    .m4 { fill: #edc948; background: #edc948; } .m5 { fill: #e15759; background: #e15759; }
    .m6 { fill: #76b7b2; background: #76b7b2; } .m7 { fill: #9c755f; background: #9c755f; }
    .m8 { fill: #ff9da7; background: #ff9da7; } .m9 { fill: #2f4b7c; background: #2f4b7c; }
    .m10 { fill: #a0c35a; background: #a0c35a; } .m11 { fill: #79706e; background: #79706e; }
    .mixed { fill: var(--stays); }
    .changed { fill: var(--page); opacity: .85; }
    @media (max-width: 640px) {
      svg.wide { display: none; }
      svg.narrow { display: block; }
      h1 { font-size: 1.3rem; }
      .matrix .name { max-width: 12em; overflow: hidden; text-overflow: ellipsis; }
      .share { grid-template-columns: 3.5em minmax(0, 1fr); row-gap: 0; }
      .share span:last-child { grid-column: 2; margin-bottom: 4px; }
      .schemes { grid-template-columns: 8.5em minmax(0, 1fr); row-gap: 2px; }
      .schemes span:nth-child(3n) { grid-column: 1 / -1; color: var(--quiet); margin-bottom: 8px; }
    }

    """
}
