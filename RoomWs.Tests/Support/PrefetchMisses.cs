using System.Diagnostics.Metrics;

namespace RoomWs.Tests.Support;

/// <summary>Counts the reads in the middle of a batch, of all servers that it watches.</summary>
internal sealed class PrefetchMisses : IDisposable
{
    private readonly List<MeterListener> _listeners = [];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Watches a server, whose instruments are there.</summary>
    public void Watch(Meter meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "roomws.storage.prefetch_misses") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _count, value));
        listener.Start();
        _listeners.Add(listener);
    }

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Dispose();
    }
}
