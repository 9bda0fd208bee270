using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RoomWs.Tests.Support;

/// <summary>A measurement: its instrument, its tags in the order of their names, its value.</summary>
internal sealed record Measurement(string Instrument, string Tags, double Value);

/// <summary>Listens to the metrics of one server alone; others may run beside it.</summary>
internal sealed class MetricsRecorder : IDisposable
{
    private readonly ConcurrentQueue<Measurement> _measured = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricsRecorder(TestServer server)
    {
        var meter = server.Core.Metrics.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Name and unit of each instrument.</summary>
    public IReadOnlyDictionary<string, string?> Units => _instruments.ToDictionary(entry => entry.Key, entry => entry.Value.Unit, StringComparer.Ordinal);

    /// <summary>What was measured by an instrument so far.</summary>
    public IReadOnlyList<Measurement> Of(string instrument) => [.. _measured.Where(measured => measured.Instrument == instrument)];

    /// <summary>How much a counter has counted, by its tags.</summary>
    public Dictionary<string, double> Sums(string instrument) => Of(instrument)
        .GroupBy(measured => measured.Tags, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => same.Sum(measured => measured.Value), StringComparer.Ordinal);

    /// <summary>What an instrument shows now that is only asked when somebody looks.</summary>
    public double Look(string instrument)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return Of(instrument).Single().Value;
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _measured.Enqueue(new Measurement(
        instrument.Name,
        string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")),
        value));
}
