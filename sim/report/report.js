// SPDX-License-Identifier: Apache-2.0
// What `weft report` pages do beyond showing: numbers at the pointer and at the keyboard's focus, shares, the
// choice of a mapping. Without it everything is shown, with the browser's own hints.
'use strict';
(() => {
  const tip = document.getElementById('tip');
  const all = (selector, inside = document) => Array.from(inside.querySelectorAll(selector));

  let shown = null;

  function show(mark) {
    shown = mark;
    tip.textContent = mark.getAttribute('aria-label');
    tip.hidden = false;
    const at = mark.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const most = document.documentElement.clientWidth - size.width - 8;
    tip.style.left = Math.max(8, Math.min(at.left + at.width / 2 - size.width / 2, most)) + 'px';
    tip.style.top = (at.top > size.height + 12 ? at.top - size.height - 8 : at.bottom + 8) + 'px';
  }

  function hide() {
    shown = null;
    tip.hidden = true;
  }

  const center = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  // The mark of the next row up (-1) or down (1) that is nearest to this one's column.
  function inNextRow(marks, from, direction) {
    const [x, y] = center(from), sameRow = 6;
    let best = from, bestY = Infinity, bestX = Infinity;
    for (const mark of marks) {
      const [mx, my] = center(mark), down = (my - y) * direction, aside = Math.abs(mx - x);
      if (down <= sameRow || down > bestY + sameRow) continue;
      if (down < bestY - sameRow || aside < bestX) [best, bestY, bestX] = [mark, down, aside];
    }
    return best;
  }

  function goTo(marks, mark) {
    for (const other of marks) other.setAttribute('tabindex', other === mark ? 0 : -1);
    mark.focus();
  }

  // One stop of the Tab key a chart; arrow keys go through its marks.
  function makeChart(chart) {
    const marks = all('.mark', chart);
    for (const mark of marks) {
      const title = mark.querySelector('title');
      mark.setAttribute('aria-label', title.textContent);
      mark.setAttribute('role', 'img');
      mark.setAttribute('tabindex', mark === marks[0] ? 0 : -1);
      title.remove();
      mark.addEventListener('pointerenter', () => show(mark));
      mark.addEventListener('pointerleave', hide);
      mark.addEventListener('focus', () => show(mark));
      mark.addEventListener('blur', hide);
    }
    chart.addEventListener('keydown', (event) => {
      const at = marks.indexOf(event.target.closest('.mark'));
      if (at < 0) return;
      const to = {
        ArrowLeft: () => marks[Math.max(at - 1, 0)],
        ArrowRight: () => marks[Math.min(at + 1, marks.length - 1)],
        ArrowUp: () => inNextRow(marks, marks[at], -1),
        ArrowDown: () => inNextRow(marks, marks[at], 1),
        Home: () => marks[0],
        End: () => marks[marks.length - 1],
      }[event.key];
      if (event.key === 'Escape') hide();
      if (!to) return;
      event.preventDefault();
      goTo(marks, to());
    });
  }

  // Bars as wide as the chart: data-share has place and width, or of a mark its place.
  function makeShares(box) {
    const figure = box.closest('figure');
    const names = (shape) => (shape.tagName === 'circle' ? ['cx'] : ['x', 'width']);
    const shapes = all('[data-share]', figure).map((shape) => {
      const shares = shape.dataset.share.split(' ').map((share) => share + '%');
      const of = names(shape).slice(0, shares.length);
      return {shape, of, shares, absolute: of.map((name) => shape.getAttribute(name))};
    });
    const apply = () => {
      figure.classList.toggle('in-shares', box.checked);
      for (const {shape, of, shares, absolute} of shapes)
        of.forEach((name, i) => shape.setAttribute(name, (box.checked ? shares : absolute)[i]));
    };
    box.addEventListener('change', apply);
    apply();
  }

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // Layer numbers beside their points where they meet nothing; the others show at the pointer only.
  function placeNames(plot) {
    const taken = all('.point circle, .roof-name', plot).map((shape) => shape.getBoundingClientRect());
    for (const point of all('.point', plot)) {
      const name = point.querySelector('text');
      point.classList.add('crowded');
      for (const [dx, dy, anchor] of [[8, 4, 'start'], [-8, 4, 'end'], [0, -9, 'middle'], [0, 18, 'middle'],
        [6, -6, 'start'], [6, 14, 'start'], [-6, -6, 'end'], [-6, 14, 'end']]) {
        name.setAttribute('dx', dx);
        name.setAttribute('dy', dy);
        name.setAttribute('text-anchor', anchor);
        const box = name.getBoundingClientRect();
        if (taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        point.classList.remove('crowded');
        break;
      }
    }
  }

  function makeMappings(section) {
    const layer = section.querySelector('.layer'), colour = section.querySelector('.colour');
    const choose = () => {
      for (const picture of all('.picture', section)) picture.classList.toggle('off', picture.id !== layer.value);
    };
    const paint = () => {
      for (const pe of all('.pe', section))
        pe.setAttribute('class', 'pe key' + pe.dataset.key.split(' ')[colour.value] % 8);
    };
    layer.addEventListener('change', choose);
    colour.addEventListener('change', paint);
    choose();
    paint();
  }

  document.documentElement.classList.add('scripted');
  all('.chart').forEach(makeChart);
  all('input.shares').forEach(makeShares);
  all('.mappings').forEach(makeMappings);
  const plots = all('.plot'), place = () => plots.forEach(placeNames);
  place();
  window.addEventListener('resize', place);
  window.addEventListener('beforeprint', place);
  document.addEventListener('scroll', () => { if (shown) show(shown); }, {passive: true, capture: true});
  document.documentElement.dataset.ready = 'yes';
})();
