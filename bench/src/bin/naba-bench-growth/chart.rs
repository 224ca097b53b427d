//! A curve as SVG: speed above, memory below, both over the same logarithmic axis.

use std::path::Path;

use anyhow::Context as _;
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::{Curve, Point};

/// Pixels.
const SIZE: (u32, u32) = (760, 520);
const BLUE: RGBColor = RGBColor(0x1F, 0x5A, 0x93);
const RED: RGBColor = RGBColor(0xA8, 0x3A, 0x2A);

/// Draws a curve into a file.
pub(crate) fn draw(curve: &Curve, file: &Path) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(280);
    panel(&above, curve, "articles/s", curve.title, BLUE, |point| point.articles_per_second)?;
    panel(&below, curve, &format!("MiB: {}", curve.memory), "", RED, |point| point.memory_mib)?;
    root.present().with_context(|| format!("cannot write {}", file.display()))
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    curve: &Curve,
    unit: &str,
    title: &str,
    color: RGBColor,
    value: impl Fn(&Point) -> f64,
) -> anyhow::Result<()> {
    let points: Vec<(f64, f64)> = curve.points.iter().map(|point| (point.at, value(point))).collect();
    let edge = |pick: fn(&(f64, f64)) -> f64, fold: fn(f64, f64) -> f64| {
        points.iter().map(pick).reduce(fold).unwrap_or(1.0)
    };
    let (left, right) = (edge(|point| point.0, f64::min), edge(|point| point.0, f64::max));
    // the curve, and room for what its points say
    let (low, high) = (edge(|point| point.1, f64::min) / 2.0, edge(|point| point.1, f64::max) * 2.5);
    let mut builder = ChartBuilder::on(area);
    builder.margin(12).x_label_area_size(40).y_label_area_size(70);
    if !title.is_empty() {
        builder.caption(title, ("sans-serif", 18));
    }
    let mut chart = builder
        .build_cartesian_2d((left / 1.3..right * 1.3).log_scale(), (low.max(0.001)..high).log_scale())?;
    chart
        .configure_mesh()
        .x_desc(curve.grows)
        .y_desc(unit)
        .x_labels(8)
        .y_labels(5)
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .light_line_style(WHITE)
        .label_style(("sans-serif", 12))
        .axis_desc_style(("sans-serif", 13))
        .draw()?;
    chart.draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?;
    chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, color.filled())))?;
    chart.draw_series(points.iter().map(|(at, value)| {
        EmptyElement::at((*at, *value)) + Text::new(short(*value), (-14, -18), ("sans-serif", 12))
    }))?;
    Ok(())
}

/// 12,400 as 12.4k.
fn short(value: f64) -> String {
    let (value, unit) = match value {
        value if value >= 1e6 => (value / 1e6, "M"),
        value if value >= 1e3 => (value / 1e3, "k"),
        value => (value, ""),
    };
    let is_whole = value >= 100.0 || value.fract().abs() < 0.05;
    let digits = usize::from(!is_whole);
    if value < 1.0 { format!("{value:.2}{unit}") } else { format!("{value:.digits$}{unit}") }
}
