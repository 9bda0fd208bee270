using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Microsoft.AspNetCore.WebUtilities;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Transport;

/// <summary>The refusal of an upgrade: the HTTP status, and one line that tells why.</summary>
internal sealed record HandshakeRefusal(int Status, string Reason);

/// <summary>The RFC 6455 handshake: reads the request head, checks it, and answers. Kestrel's parser does the parsing. May be used from any thread.</summary>
internal sealed class Handshake(RoomWsOptions options, TimeProvider time)
{
    /// <summary>The subprotocol that the server selects if the client offers it.</summary>
    public const string Subprotocol = "roomws.v1";

    /// <summary>Room for the longest token, 16,384 characters by whatever way it comes, and as much again for all else, such as other cookies.</summary>
    private const int MaxHeadBytes = 32_768;

    private static readonly TimeSpan MaxHeadTime = TimeSpan.FromSeconds(5);

    private readonly HttpParser<HandshakeRequest> _parser = new();

    /// <summary>Reads the head and nothing after it. Refuses a head that is malformed, too long or too late. Both are null if the client went away.</summary>
    public async Task<(HandshakeRequest? Request, HandshakeRefusal? Refusal)> ReadAsync(PipeReader input)
    {
        using var deadline = new CancellationTokenSource(MaxHeadTime, time);
        try
        {
            return await ReadHeadAsync(input, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return (null, new HandshakeRefusal(StatusCodes.Status408RequestTimeout, $"The request head has to come within {MaxHeadTime.TotalSeconds:0} s."));
        }
        catch (BadHttpRequestException malformed)
        {
            return (null, new HandshakeRefusal(StatusCodes.Status400BadRequest, $"This is not an HTTP/1.1 request: {malformed.Message}"));
        }
    }

    /// <summary>The refusal if this server does not take the request as an upgrade. Null if it does.</summary>
    public HandshakeRefusal? Judge(HandshakeRequest request)
    {
        // First, so that a page of anywhere finds nothing at all here.
        if (options.Dev && JudgeLocally(request) is { } foreign) return foreign;
        if (request.Path != options.Path) return new(StatusCodes.Status404NotFound, $"There is nothing here. The WebSocket is at {options.Path}.");
        if (!request.IsUpgrade) return new(StatusCodes.Status426UpgradeRequired, "This is a WebSocket: connect with Upgrade: websocket and Connection: Upgrade.");
        if (!request.IsGet || !request.IsHttp11) return new(StatusCodes.Status400BadRequest, "A WebSocket upgrade is a GET with HTTP/1.1.");
        if (request.HostFault is { } hostFault) return new(StatusCodes.Status400BadRequest, hostFault);
        if (request.Version != "13") return new(StatusCodes.Status426UpgradeRequired, "Sec-WebSocket-Version must be 13.");
        if (request.Key is null) return new(StatusCodes.Status400BadRequest, "Sec-WebSocket-Key must be 16 bytes in base 64.");
        if (!options.Dev && options.AllowedOrigins.Length > 0 && request.Origin is { } origin && !IsAllowed(origin))
        {
            return new(StatusCodes.Status403Forbidden, "This origin is not among AllowedOrigins.");
        }

        return null;
    }

    /// <summary>In development mode anyone is who they say they are. So nobody is let in from beyond this machine, by way of a browser on it.</summary>
    private HandshakeRefusal? JudgeLocally(HandshakeRequest request)
    {
        if (request.HostFault is { } hostFault) return new(StatusCodes.Status400BadRequest, hostFault);
        if (!request.Hosts.All(host => LocalHosts.IsHost(host, options.Host)))
            return new(StatusCodes.Status403Forbidden, "The Host is not of this machine, as development mode (Dev) asks for: 127.0.0.1, localhost or [::1].");
        return request.Origin is not { } origin || LocalHosts.IsOrigin(origin, options.Host) || IsAllowed(origin)
            ? null
            : new(StatusCodes.Status403Forbidden, "The Origin is neither of this machine nor among AllowedOrigins, as development mode (Dev) asks for: such as http://localhost:3000.");
    }

    private bool IsAllowed(string origin) => options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>The answer that accepts the upgrade.</summary>
    public static byte[] Acceptance(HandshakeRequest request)
    {
        // RFC 6455 requires SHA-1 here. It only proves that the server has read the request; no security depends on it.
#pragma warning disable CA5350
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var subprotocol = request.Subprotocols.Contains(Subprotocol, StringComparer.Ordinal) ? $"Sec-WebSocket-Protocol: {Subprotocol}\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{subprotocol}\r\n");
    }

    public static async Task RefuseAsync(HandshakeRefusal refusal, PipeWriter output)
    {
        var body = refusal.Reason + "\n";
        var connection = refusal.Status == StatusCodes.Status426UpgradeRequired
            ? "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
            : "Connection: close";
        var head = string.Join(
            "\r\n",
            $"HTTP/1.1 {refusal.Status} {ReasonPhrases.GetReasonPhrase(refusal.Status)}",
            connection,
            "Content-Type: text/plain; charset=utf-8",
            $"Content-Length: {Encoding.UTF8.GetByteCount(body)}");
        await output.WriteAsync(Encoding.UTF8.GetBytes($"{head}\r\n\r\n{body}"));
    }

    private async Task<(HandshakeRequest?, HandshakeRefusal?)> ReadHeadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var searched = 0L;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var head = buffer.Slice(0, Math.Min(buffer.Length, MaxHeadBytes));
            try
            {
                if (HasEnd(head, searched) && TryParse(head) is var (request, end))
                {
                    input.AdvanceTo(end);
                    return (request, null);
                }
            }
            catch (BadHttpRequestException)
            {
                // A read must be ended before the next one, and the rest of the input is still drained after the refusal.
                input.AdvanceTo(buffer.End);
                throw;
            }

            searched = head.Length;
            input.AdvanceTo(buffer.Start, buffer.End);
            if (searched >= MaxHeadBytes) return (null, new HandshakeRefusal(StatusCodes.Status431RequestHeaderFieldsTooLarge, $"The request head has at most {MaxHeadBytes} bytes."));
            if (result.IsCompleted) return (null, null);
        }
    }

    /// <summary>Looks only at what is new: a head that comes byte by byte must not be searched from its start each time. The end itself may be cut.</summary>
    private static bool HasEnd(ReadOnlySequence<byte> head, long searched)
    {
        var end = "\r\n\r\n"u8;
        var reader = new SequenceReader<byte>(head.Slice(Math.Max(0, searched - (end.Length - 1))));
        return reader.TryReadTo(out ReadOnlySequence<byte> _, end);
    }

    /// <summary>Parses the head only once it is complete, so that no state is kept between two reads. Null if the parser wants more.</summary>
    private (HandshakeRequest Request, SequencePosition End)? TryParse(ReadOnlySequence<byte> head)
    {
        var request = new HandshakeRequest();
        var reader = new SequenceReader<byte>(head);
        return _parser.ParseRequestLine(request, ref reader) && _parser.ParseHeaders(request, ref reader) ? (request, reader.Position) : null;
    }
}
